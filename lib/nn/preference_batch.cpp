#include "nn/preference_batch.hpp"

namespace intelia::nn {

BatchSize PreferenceBatch::size() const {
  BatchSize total;
  for (const TokenSample& sample : samples_) {
    total.tokens += tokens_of(sample);
    total.targets += size_of(sample).targets;
  }
  total.weight = counts_batches_ ? 1 : static_cast<double>(samples_.size());
  return total;
}

BatchLoss PreferenceBatch::loss(std::uint64_t seed) const {
  const auto [losses, values] = compute({.is_training = true, .seed = seed});
  return {counts_batches_ ? losses.mean() : losses.sum(),
          values.is_meta() ? MetricSums() : metrics(values.to(at::kCPU), counts_batches_)};
}

Tensor PreferenceBatch::evaluate() const {
  const torch::autograd::AutoGradMode without_gradient(false);
  return compute({}).values;
}

BatchScores PreferenceBatch::scores(const Tensor& evaluated) const {
  const Tensor values = evaluated.to(at::kCPU);
  BatchScores scores{{}, metrics(values, counts_batches_)};
  for (std::size_t i = 0; i < samples_.size(); ++i)
    scores.losses.push_back({values[0][static_cast<std::int64_t>(i)].item<double>(), size_of(samples_[i]).targets, 1});
  return scores;
}

}  // namespace intelia::nn
