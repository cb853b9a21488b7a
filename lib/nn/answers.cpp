#include "nn/answers.hpp"

namespace intelia::nn {

namespace {

std::int64_t num_targets(const TokenSample& sample, std::int64_t from, std::int64_t to) {
  std::int64_t count = 0;
  for (std::int64_t i = std::max<std::int64_t>(1, from); i < to; ++i)
    count += sample.is_target[static_cast<std::size_t>(i)] != 0;
  return count;
}

}  // namespace

Answers::Answers(const Decoder& model, std::span<const TokenSample> samples, const SupervisionOptions& options)
    : supervised_(supervise(model, samples, options)) {
  for (const TokenSample& sample : samples) {
    const auto size = static_cast<std::int64_t>(sample.ids.size());
    if (options.labels_prompts) lengths_.push_back(prompt_length(sample) - 1);
    if (sample.second_begin == 0) {
      lengths_.push_back(num_targets(sample, 0, size));
    } else {
      lengths_.push_back(num_targets(sample, 0, sample.second_begin));
      lengths_.push_back(num_targets(sample, sample.second_begin, size));
    }
  }
}

LogProbs Answers::log_probs(const Decoder& model, const Pass& pass, Statistics statistics) const {
  const Tensor hidden = model.hidden(supervised_.batch, pass, supervised_.rows);  // [S', D]
  return linear_log_probs(hidden, model.head.of(pass), supervised_.labels, model.config.logit_softcap, statistics);
}

Tensor sums(const Tensor& values, const std::vector<std::int64_t>& lengths) {
  std::vector<Tensor> parts;
  for (const Tensor& part : values.split_with_sizes(lengths)) parts.push_back(part.sum());
  return at::stack(parts);
}

}  // namespace intelia::nn
