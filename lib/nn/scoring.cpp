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

/** Collects the tokens of samples, and the rows and labels of their targets. */
class Assembler {
 public:
  explicit Assembler(bool has_weights) : has_weights_(has_weights) {}

  void add_sequence(const TokenSample& sample) {
    append(sample.ids, 0, sample.ids.size(), 0);
    add_keys(begin_, static_cast<std::int64_t>(sample.ids.size()));
    for (std::size_t t = 1; t < sample.ids.size(); ++t)
      if (sample.is_target[t] != 0)
        label(begin_ + static_cast<std::int64_t>(t) - 1, sample.ids[t], sample.weights.empty() ? 1 : sample.weights[t]);
    begin_ += static_cast<std::int64_t>(sample.ids.size());
  }

  /** Prompt and chosen answer as one sequence, and the rejected answer, which continues the prompt, as another. */
  void add_pair(const TokenSample& pair, bool shares_prompt, bool labels_prompt) {
    const auto prompt = static_cast<std::size_t>(prompt_length(pair)),
               second = static_cast<std::size_t>(pair.second_begin), size = pair.ids.size();
    const std::int64_t first_row = begin_;
    append(pair.ids, 0, second, 0);
    add_keys(first_row, static_cast<std::int64_t>(second));
    std::int64_t prompt_row = first_row;  // where the prompt of the rejected answer begins
    begin_ += static_cast<std::int64_t>(second);
    if (shares_prompt) {
      append(pair.ids, second, size, prompt);
      add_keys(first_row, static_cast<std::int64_t>(prompt));
      extend_keys(begin_, static_cast<std::int64_t>(size - second));
    } else {
      std::vector<std::int32_t> whole(pair.ids.begin(), pair.ids.begin() + static_cast<std::ptrdiff_t>(prompt));
      whole.insert(whole.end(), pair.ids.begin() + static_cast<std::ptrdiff_t>(second), pair.ids.end());
      prompt_row = begin_;
      append(whole, 0, whole.size(), 0);
      add_keys(begin_, static_cast<std::int64_t>(whole.size()));
      begin_ += static_cast<std::int64_t>(prompt);
    }
    for (std::size_t t = labels_prompt ? 1 : prompt; t < second; ++t)
      label(first_row + static_cast<std::int64_t>(t) - 1, pair.ids[t], 1);
    for (std::size_t t = second; t < size; ++t) {
      const std::int64_t row =
          t == second ? prompt_row + static_cast<std::int64_t>(prompt) : begin_ + static_cast<std::int64_t>(t - second);
      label(row - 1, pair.ids[t], 1);
    }
    begin_ += static_cast<std::int64_t>(size - second);
  }

  Supervised finish(const Decoder& model) {
    const at::Device device = model.placement.device;
    Supervised supervised;
    supervised.labels = at::tensor(labels_, at::kLong).to(device);
    if (has_weights_) supervised.weights = at::tensor(weights_, at::kFloat).to(device);
    if (begin_ % kRowMultiple != 0) {  // a sequence of padding, which no other attends to
      const std::int64_t rest = kRowMultiple - begin_ % kRowMultiple;
      append(std::vector<std::int32_t>(static_cast<std::size_t>(rest)), 0, static_cast<std::size_t>(rest), 0);
      add_keys(begin_, rest);
    }
    rows_.resize((rows_.size() + kRowMultiple - 1) / kRowMultiple * kRowMultiple, 0);
    supervised.rows = at::tensor(rows_, at::kLong).to(device);
    supervised.batch = {at::tensor(ids_, at::kLong).to(device),
                        at::tensor(positions_, at::kLong).to(device),
                        std::move(lengths_),
                        {},
                        {}};
    if (is_shared_) {
      supervised.batch.key_lengths = std::move(key_lengths_);
      supervised.batch.key_rows = at::tensor(key_rows_, at::kLong).to(device);
    }
    check_ids(model, ids_);
    return supervised;
  }

 private:
  /** The tokens [from, to) of `ids` as a sequence whose first position is `position`. */
  void append(const std::vector<std::int32_t>& ids, std::size_t from, std::size_t to, std::size_t position) {
    for (std::size_t i = from; i < to; ++i) {
      ids_.push_back(ids[i]);
      positions_.push_back(static_cast<std::int64_t>(position + i - from));
    }
    lengths_.push_back(static_cast<std::int64_t>(to - from));
  }
  void add_keys(std::int64_t row, std::int64_t count) {
    key_lengths_.push_back(0);
    extend_keys(row, count);
  }
  void extend_keys(std::int64_t row, std::int64_t count) {
    is_shared_ = is_shared_ || key_lengths_.back() > 0;
    key_lengths_.back() += count;
    for (std::int64_t i = 0; i < count; ++i) key_rows_.push_back(row + i);
  }
  void label(std::int64_t row, std::int32_t id, float weight) {
    rows_.push_back(row);
    labels_.push_back(id);
    if (has_weights_) weights_.push_back(weight);
  }

  bool has_weights_, is_shared_ = false;
  std::int64_t begin_ = 0;  // row of the next token
  std::vector<std::int64_t> ids_, positions_, lengths_, key_rows_, key_lengths_, rows_, labels_;
  std::vector<float> weights_;
};

/** Whether the keys of a prompt are the same before both answers: with these kinds of rope they depend on the length of
   the whole sequence. */
bool can_share_prompt(const Rope& rope, const TokenSample& pair) {
  if (rope.type != RopeType::dynamic && rope.type != RopeType::longrope) return true;
  const std::int64_t prompt = prompt_length(pair), first = pair.second_begin,
                     second = prompt + static_cast<std::int64_t>(pair.ids.size()) - first;
  return std::max(first, second) <= rope.original_positions;
}

}  // namespace

TokenSample outline_sample(std::int64_t tokens, std::int64_t targets) {
  const auto size = static_cast<std::size_t>(tokens);
  TokenSample sample{std::vector<std::int32_t>(size, 0), std::vector<std::uint8_t>(size, 0)};
  std::fill(sample.is_target.end() - targets, sample.is_target.end(), 1);
  return sample;
}

std::vector<TokenSample> outline_samples(const Objective& objective, const std::vector<std::int64_t>& numbers,
                                         std::int64_t max_length) {
  std::vector<TokenSample> samples;
  for (const std::int64_t number : numbers) {
    const auto [tokens, targets] = objective.sample_size(number, max_length);
    samples.push_back(outline_sample(tokens, targets));
  }
  return samples;
}

std::int64_t prompt_length(const TokenSample& pair) {
  return std::find_if(pair.is_target.begin(), pair.is_target.end(), [](auto is) { return is != 0; }) -
         pair.is_target.begin();
}

Supervised supervise(const Decoder& model, std::span<const TokenSample> samples, const SupervisionOptions& options) {
  Assembler assembler(
      std::any_of(samples.begin(), samples.end(), [](const TokenSample& s) { return !s.weights.empty(); }));
  for (const TokenSample& sample : samples) {
    if (sample.second_begin == 0)
      assembler.add_sequence(sample);
    else
      assembler.add_pair(sample, options.shares_prompts && can_share_prompt(model.config.rope, sample),
                         options.labels_prompts);
  }
  return assembler.finish(model);
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
