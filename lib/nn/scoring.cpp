#include "nn/scoring.hpp"

#include <algorithm>

namespace intelia::nn {

namespace {

/**
 * oneDNN, which multiplies matrices on the CPU, compiles a kernel for every number of rows it meets: few numbers keep
 * that from being most of the time, and the kernels from filling memory.
 */
constexpr std::int64_t kRowMultiple = 64;

}  // namespace

Supervised supervise(const Decoder& model, std::span<const TokenSample> samples) {
  std::vector<std::vector<std::int32_t>> sequences;
  std::vector<std::int64_t> rows, labels;
  std::vector<float> weights;
  const bool has_weights =
      std::any_of(samples.begin(), samples.end(), [](const TokenSample& s) { return !s.weights.empty(); });
  const at::Device device = model.placement.device;
  Supervised supervised;
  std::int64_t begin = 0;
  for (const TokenSample& sample : samples) {
    const std::size_t before = rows.size();
    for (std::size_t t = 1; t < sample.ids.size(); ++t) {
      if (!sample.is_target[t]) continue;
      rows.push_back(begin + static_cast<std::int64_t>(t) - 1);
      labels.push_back(sample.ids[t]);
      if (has_weights) weights.push_back(sample.weights.empty() ? 1 : sample.weights[t]);
    }
    supervised.targets_a_sample.push_back(static_cast<std::int64_t>(rows.size() - before));
    begin += static_cast<std::int64_t>(sample.ids.size());
    sequences.push_back(sample.ids);
  }
  supervised.labels = at::tensor(labels, at::kLong).to(device);
  if (has_weights) supervised.weights = at::tensor(weights, at::kFloat).to(device);
  if (begin % kRowMultiple != 0)  // a sequence of its own, which no other sees
    sequences.emplace_back(static_cast<std::size_t>(kRowMultiple - begin % kRowMultiple), 0);
  rows.resize((rows.size() + kRowMultiple - 1) / kRowMultiple * kRowMultiple, 0);
  supervised.batch = make_batch(model, sequences);
  supervised.rows = at::tensor(rows, at::kLong).to(device);
  return supervised;
}

Tensor target_losses(const Decoder& model, const Supervised& supervised, bool uses_adapter) {
  const torch::autograd::AutoGradMode without_gradient(false);
  const Pass pass{.uses_adapter = uses_adapter};
  const Tensor hidden = model.hidden(supervised.batch, pass, supervised.rows);  // [S, D]
  return head_losses(hidden, model.head.of(pass), supervised.labels, model.config.logit_softcap);
}

std::vector<SampleLoss> score_samples(const Decoder& model, std::span<const TokenSample> samples, bool uses_adapter) {
  const Supervised supervised = supervise(model, samples);
  const Tensor losses = target_losses(model, supervised, uses_adapter).to(at::kCPU).to(at::kDouble);  // [S]
  const Tensor weights =
      supervised.weights.defined() ? supervised.weights.to(at::kCPU).to(at::kDouble) : at::ones_like(losses);
  const double *loss = losses.const_data_ptr<double>(), *weight = weights.const_data_ptr<double>();
  std::vector<SampleLoss> scores;
  for (const std::int64_t count : supervised.targets_a_sample) {
    SampleLoss score{0, count};
    for (std::int64_t i = 0; i < count; ++i, ++loss, ++weight) {
      score.loss_sum += *weight * *loss;
      score.weight += *weight;
    }
    scores.push_back(score);
  }
  return scores;
}

}  // namespace intelia::nn
