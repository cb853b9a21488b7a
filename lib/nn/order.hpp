// Which samples each update draws: epochs, micro-batches and windows as numbers of samples; nothing of their content.
#pragma once

#include <vector>

#include "engine/rows.hpp"
#include "nn/torch.hpp"

namespace intelia::nn {

/** How far a run has drawn. */
struct DataPosition {
  std::int64_t epoch = 0, place = 0;  // place: rows of this epoch already drawn
};

/**
 * Draws rows epoch by epoch: torch.randperm of a CPU generator seeded seed + epoch, as transformers' sampler does; with
 * settings.groups_by_length rearranged as its get_length_grouped_indices does, so that rows of an update are alike in
 * length.
 */
class DataOrder {
 public:
  DataOrder(const std::vector<std::int64_t>& sample_lengths, const SftSettings& settings);

  std::int64_t num_rows() const { return static_cast<std::int64_t>(rows_.size()); }

  /** The samples of the next update, by micro-batch; `position` moves behind them. The last window of an epoch may be
   * shorter. */
  std::vector<std::vector<std::int64_t>> next_window(DataPosition& position);

 private:
  const Row& row_at(const DataPosition& position);
  void arrange(std::int64_t epoch);
  std::vector<Row> rows_;
  std::vector<std::int64_t> row_lengths_;  // tokens
  int batch_size_, accumulation_;
  std::uint64_t seed_;
  bool shuffles_, groups_by_length_;
  std::int64_t epoch_ = -1;
  std::vector<std::int64_t> arrangement_;  // of the rows in epoch_
};

}  // namespace intelia::nn
