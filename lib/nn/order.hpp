// Which samples each update draws: epochs, micro-batches and windows as numbers of samples; nothing of their content.
#pragma once

#include <vector>

#include "engine/jobs.hpp"
#include "nn/torch.hpp"

namespace intelia::nn {

/** How far a run has drawn. */
struct DataPosition {
  std::int64_t epoch = 0, place = 0;  // place: samples of this epoch already drawn
};

/** Draws samples epoch by epoch: torch.randperm of a CPU generator seeded seed + epoch, as transformers' sampler does. */
class DataOrder {
 public:
  DataOrder(std::int64_t num_samples, const SftSettings& settings);

  /** The samples of the next update, by micro-batch; `position` moves behind them. The last window of an epoch may be shorter. */
  std::vector<std::vector<std::int64_t>> next_window(DataPosition& position);

 private:
  std::int64_t at_place(const DataPosition& position);
  std::int64_t num_samples_;
  int batch_size_, accumulation_;
  std::uint64_t seed_;
  bool shuffles_;
  std::int64_t epoch_ = -1;
  at::Tensor permutation_;
};

}  // namespace intelia::nn
