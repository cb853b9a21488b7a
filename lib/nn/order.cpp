#include "nn/order.hpp"

namespace intelia::nn {

DataOrder::DataOrder(std::int64_t num_samples, const SftSettings& settings)
    : num_samples_(num_samples), batch_size_(settings.batch_size), accumulation_(settings.gradient_accumulation),
      seed_(settings.seed), shuffles_(settings.shuffle) {}

std::vector<std::vector<std::int64_t>> DataOrder::next_window(DataPosition& position) {
  if (position.place >= num_samples_) position = {position.epoch + 1, 0};
  std::vector<std::vector<std::int64_t>> window;
  for (int micro = 0; micro < accumulation_ && position.place < num_samples_; ++micro) {
    std::vector<std::int64_t>& batch = window.emplace_back();
    for (int i = 0; i < batch_size_ && position.place < num_samples_; ++i, ++position.place) batch.push_back(at_place(position));
  }
  return window;
}

std::int64_t DataOrder::at_place(const DataPosition& position) {
  if (!shuffles_) return position.place;
  if (position.epoch != epoch_) {
    auto generator = at::globalContext().defaultGenerator(at::kCPU).clone();
    generator.set_current_seed(seed_ + static_cast<std::uint64_t>(position.epoch));
    permutation_ = at::randperm(num_samples_, generator, at::kLong);
    epoch_ = position.epoch;
  }
  return permutation_.const_data_ptr<std::int64_t>()[position.place];
}

}  // namespace intelia::nn
