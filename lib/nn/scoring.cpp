#include "nn/scoring.hpp"

namespace intelia::nn {

Supervised supervise(const Llama& model, std::span<const TokenSample> samples) {
  std::vector<std::vector<std::int32_t>> sequences;
  std::vector<std::int64_t> rows, labels;
  const at::Device device = model.placement.device;
  Supervised supervised;
  std::int64_t begin = 0;
  for (const TokenSample& sample : samples) {
    const std::size_t before = rows.size();
    for (std::size_t t = 1; t < sample.ids.size(); ++t) {
      if (!sample.is_target[t]) continue;
      rows.push_back(begin + static_cast<std::int64_t>(t) - 1);
      labels.push_back(sample.ids[t]);
    }
    supervised.targets_a_sample.push_back(static_cast<std::int64_t>(rows.size() - before));
    begin += static_cast<std::int64_t>(sample.ids.size());
    sequences.push_back(sample.ids);
  }
  supervised.batch = make_batch(model, sequences);
  supervised.rows = at::tensor(rows, at::kLong).to(device);
  supervised.labels = at::tensor(labels, at::kLong).to(device);
  return supervised;
}

std::vector<SampleLoss> score_samples(const Llama& model, std::span<const TokenSample> samples, bool uses_adapter) {
  const torch::autograd::AutoGradMode without_gradient(false);
  const Supervised supervised = supervise(model, samples);
  const Tensor hidden = model.hidden(supervised.batch, {.uses_adapter = uses_adapter}, supervised.rows);      // [S, D]
  const Tensor losses = head_losses(hidden, model.head, supervised.labels).to(at::kCPU).to(at::kDouble);      // [S]
  const double* loss = losses.const_data_ptr<double>();
  std::vector<SampleLoss> scores;
  for (const std::int64_t count : supervised.targets_a_sample) {
    SampleLoss score{0, count};
    for (std::int64_t i = 0; i < count; ++i) score.loss_sum += *loss++;
    scores.push_back(score);
  }
  return scores;
}

}  // namespace intelia::nn
