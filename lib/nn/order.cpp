#include "nn/order.hpp"

#include <algorithm>
#include <numeric>

namespace intelia::nn {

DataOrder::DataOrder(const std::vector<std::int64_t>& sample_lengths, const TrainingSettings& settings)
    : rows_(training_rows(sample_lengths, settings)),
      batch_size_(settings.batch_size),
      accumulation_(settings.gradient_accumulation),
      seed_(settings.seed),
      shuffles_(settings.shuffle),
      groups_by_length_(settings.groups_by_length) {
  for (const BatchRow& row : rows_) {
    std::int64_t& length = row_lengths_.emplace_back(0);
    for (const std::int64_t sample : row) length += sample_lengths[static_cast<std::size_t>(sample)];
  }
}

std::vector<std::vector<std::int64_t>> DataOrder::next_step(DataPosition& position) {
  if (position.row >= num_rows()) position = {position.epoch + 1, 0};
  std::vector<std::vector<std::int64_t>> step;
  for (int micro = 0; micro < accumulation_ && position.row < num_rows(); ++micro) {
    std::vector<std::int64_t>& batch = step.emplace_back();
    for (int i = 0; i < batch_size_ && position.row < num_rows(); ++i, ++position.row) {
      const BatchRow& row = row_at(position);
      batch.insert(batch.end(), row.begin(), row.end());
    }
  }
  return step;
}

const BatchRow& DataOrder::row_at(const DataPosition& position) {
  if (position.epoch != epoch_) arrange(position.epoch);
  return rows_[static_cast<std::size_t>(arrangement_[static_cast<std::size_t>(position.row)])];
}

void DataOrder::arrange(std::int64_t epoch) {
  epoch_ = epoch;
  arrangement_.resize(rows_.size());
  std::iota(arrangement_.begin(), arrangement_.end(), 0);
  if (!shuffles_) return;
  auto generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed_ + static_cast<std::uint64_t>(epoch));
  const at::Tensor permutation = at::randperm(num_rows(), generator, at::kLong);
  std::copy_n(permutation.const_data_ptr<std::int64_t>(), rows_.size(), arrangement_.begin());
  if (!groups_by_length_) return;

  // Large groups of the random order, each sorted by length; the longest row of all comes first.
  constexpr std::int64_t kMaxSteps = 50;  // per group
  const std::int64_t rows_per_step = static_cast<std::int64_t>(batch_size_) * accumulation_;
  const std::int64_t size =
      rows_per_step * std::max<std::int64_t>(1, std::min(num_rows() / (rows_per_step * 4), kMaxSteps));
  const auto length_of = [&](std::int64_t row) { return row_lengths_[static_cast<std::size_t>(row)]; };
  std::size_t longest = 0;
  for (std::int64_t begin = 0; begin < num_rows(); begin += size) {
    const auto first = arrangement_.begin() + begin;
    std::stable_sort(first, arrangement_.begin() + std::min(num_rows(), begin + size),
                     [&](std::int64_t a, std::int64_t b) { return length_of(a) > length_of(b); });
    if (length_of(*first) > length_of(arrangement_[longest])) longest = static_cast<std::size_t>(begin);
  }
  std::swap(arrangement_[0], arrangement_[longest]);
}

}  // namespace intelia::nn
