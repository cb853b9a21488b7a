// The samples of each optimizer step: epochs, steps and micro-batches as sample numbers; nothing of their content.
#pragma once

#include <vector>

#include "engine/rows.hpp"
#include "nn/torch.hpp"

namespace intelia::nn {

/** How far a run has drawn: `row` rows of epoch `epoch`. */
struct DataPosition {
  std::int64_t epoch = 0, row = 0;
};

/**
 * Draws rows epoch by epoch: torch.randperm of a CPU generator seeded seed + epoch, as transformers' sampler does; with
 * settings.groups_by_length rearranged as by its get_length_grouped_indices, so that the rows of a step have similar
 * lengths.
 */
class DataOrder {
 public:
  DataOrder(const std::vector<std::int64_t>& sample_lengths, const TrainingSettings& settings);

  std::int64_t num_rows() const { return static_cast<std::int64_t>(rows_.size()); }

  /** The sample numbers of the next optimizer step, one list per micro-batch; advances `position`. The last step of an
   * epoch may have fewer. */
  std::vector<std::vector<std::int64_t>> next_step(DataPosition& position);

 private:
  const BatchRow& row_at(const DataPosition& position);
  void arrange(std::int64_t epoch);
  std::vector<BatchRow> rows_;
  std::vector<std::int64_t> row_lengths_;  // tokens
  int batch_size_, accumulation_;
  std::uint64_t seed_;
  bool shuffles_, groups_by_length_;
  std::int64_t epoch_ = -1;
  std::vector<std::int64_t> arrangement_;  // of the rows in epoch_
};

}  // namespace intelia::nn
