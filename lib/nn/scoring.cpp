#include "nn/scoring.hpp"

#include <algorithm>

#include "nn/operations/linear_cross_entropy.hpp"

namespace intelia::nn {

namespace {

/**
 * oneDNN, which multiplies matrices on the CPU, compiles a kernel for every number of rows. Rounding that number up
 * keeps compilation from dominating the time, and the kernels from filling memory.
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
    for (std::size_t t = 1; t < sample.ids.size(); ++t) {
      if (!sample.is_target[t]) continue;
      rows.push_back(begin + static_cast<std::int64_t>(t) - 1);
      labels.push_back(sample.ids[t]);
      if (has_weights) weights.push_back(sample.weights.empty() ? 1 : sample.weights[t]);
    }
    begin += static_cast<std::int64_t>(sample.ids.size());
    sequences.push_back(sample.ids);
  }
  supervised.labels = at::tensor(labels, at::kLong).to(device);
  if (has_weights) supervised.weights = at::tensor(weights, at::kFloat).to(device);
  if (begin % kRowMultiple != 0)  // a sequence of padding, which no other attends to
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
  return linear_cross_entropy_rows(hidden, model.head.of(pass), supervised.labels, model.config.logit_softcap);
}

std::vector<SampleLoss> sample_losses(std::span<const TokenSample> samples, const Tensor& target_losses) {
  const Tensor losses = target_losses.to(at::kCPU).to(at::kDouble);  // [S]
  const double* loss = losses.const_data_ptr<double>();
  std::vector<SampleLoss> scores;
  for (const TokenSample& sample : samples) {
    SampleLoss& score = scores.emplace_back();
    for (std::size_t t = 1; t < sample.ids.size(); ++t) {
      if (!sample.is_target[t]) continue;
      const double weight = sample.weights.empty() ? 1 : static_cast<double>(sample.weights[t]);
      score.loss_sum += weight * *loss++;
      score.weight += weight;
      ++score.num_targets;
    }
  }
  return scores;
}

std::vector<SampleLoss> score_samples(const Decoder& model, std::span<const TokenSample> samples, bool uses_adapter) {
  return sample_losses(samples, target_losses(model, supervise(model, samples), uses_adapter));
}

}  // namespace intelia::nn
