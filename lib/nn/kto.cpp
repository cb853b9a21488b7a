#include "nn/kto.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nn/preference_batch.hpp"
#include "nn/preference_loss.hpp"
#include "nn/reference.hpp"

namespace intelia::nn {

namespace {

/** Values of each answer of a micro-batch, by row: [kNumAnswerValues, B]. */
enum AnswerValue : std::int64_t {
  kLoss,
  kReward,
  kLogProb,
  kLength,
  kIsDesirable,
  kEntropy,  // Σ over its tokens
  kLogit,    // Σ over its tokens of the mean logit
  kKl,       // the same for all
  kNumAnswerValues,
};

/** The metrics of TRL's KTOTrainer but for rewards/margins, which assess() adds. */
MetricSums answer_metrics(const Tensor& values, bool per_batch) {
  const Tensor value = values.to(at::kDouble).contiguous();
  const std::int64_t count = value.size(1);
  const auto at = [&](AnswerValue row, std::int64_t i) { return value.const_data_ptr<double>()[row * count + i]; };
  MetricSums metrics;
  const auto add = [&](const std::string& name, double sum, double weight) {
    if (weight > 0) metrics[name].add(per_batch ? WeightedSum{sum / weight, 1} : WeightedSum{sum, weight});
  };
  double entropy = 0, all_tokens = 0, mean_reward[2] = {};
  bool has_both = true;
  for (const bool is_desirable : {true, false}) {
    double num = 0, reward = 0, log_prob = 0, logit = 0, tokens = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      if ((at(kIsDesirable, i) != 0) != is_desirable) continue;
      num += 1;
      reward += at(kReward, i);
      log_prob += at(kLogProb, i);
      logit += at(kLogit, i);
      tokens += at(kLength, i);
      entropy += at(kEntropy, i);
    }
    const std::string side = is_desirable ? "chosen" : "rejected";
    add("rewards/" + side, reward, num);
    add("logps/" + side, log_prob, num);
    add("logits/" + side, logit, tokens);
    all_tokens += tokens;
    has_both = has_both && num > 0;
    mean_reward[is_desirable] = num > 0 ? reward / num : 0;
  }
  if (per_batch && has_both) add("rewards/margins", mean_reward[1] - mean_reward[0], 1);
  add("entropy", entropy, all_tokens);
  add("kl", at(kKl, 0) * static_cast<double>(count), static_cast<double>(count));
  return metrics;
}

std::vector<TokenSample> truncated(std::vector<TokenSample> samples, std::int64_t max_length) {
  for (TokenSample& sample : samples) {
    if (static_cast<std::int64_t>(sample.ids.size()) <= max_length) continue;
    sample.ids.resize(static_cast<std::size_t>(max_length));
    sample.is_target.resize(static_cast<std::size_t>(max_length));
  }
  return samples;
}

/** The prompt of `sample` followed by the answer of `other`. */
TokenSample mismatched(const TokenSample& sample, const TokenSample& other) {
  const auto prompt = static_cast<std::ptrdiff_t>(prompt_length(sample));
  const auto answer = static_cast<std::ptrdiff_t>(prompt_length(other));
  TokenSample result{{sample.ids.begin(), sample.ids.begin() + prompt},
                     {sample.is_target.begin(), sample.is_target.begin() + prompt}};
  result.ids.insert(result.ids.end(), other.ids.begin() + answer, other.ids.end());
  result.is_target.resize(result.ids.size(), 1);
  return result;
}

class AnswerBatch final : public PreferenceBatch {
 public:
  /** samples: not truncated yet; `others`: for each of them the sample whose answer follows its prompt in the KL term,
     if the loss has one. */
  AnswerBatch(const Decoder& model, const KtoSettings& settings, const Reference& reference,
              const std::vector<TokenSample>& samples, const std::vector<TokenSample>& others, std::int64_t max_length)
      : PreferenceBatch(truncated(samples, max_length), settings.compat),
        model_(model),
        settings_(settings),
        reference_(reference),
        answers_(model, this->samples()) {
    if (settings.loss != AnswerLoss::kto) return;
    std::vector<TokenSample> pairs;
    for (std::size_t i = 0; i < samples.size(); ++i) pairs.push_back(mismatched(samples[i], others[i]));
    others_.emplace(model, truncated(std::move(pairs), max_length));
  }

  std::vector<Json> describe() const override {
    std::vector<Json> list;
    for (const TokenSample& sample : samples())
      list.push_back({{"ids", sample.ids}, {"is_target", sample.is_target}, {"label", sample.is_desirable}});
    return list;
  }

 private:
  MetricSums metrics(const Tensor& values, bool per_batch) const override { return answer_metrics(values, per_batch); }
  std::int64_t tokens_of(const TokenSample& sample) const override {
    return static_cast<std::int64_t>(sample.ids.size());
  }

  /** How much more likely the answers to other prompts have become, a baseline for the rewards: [], without gradient.
   */
  Tensor kl(const Tensor& like) const {
    if (!others_) return at::zeros({}, like.options());
    const torch::autograd::AutoGradMode without_gradient(false);
    const Tensor policy = others_->log_probs(model_, {}, Statistics::none).values;
    return ((policy - reference_.log_probs(*others_)).sum() / static_cast<double>(others_->count())).clamp_min(0);
  }

  Computed compute(const Pass& pass) const override {
    const LogProbs tokens = answers_.log_probs(model_, pass, Statistics::usual);
    const auto per_answer = [&](const Tensor& of_tokens) { return sums(of_tokens, answers_.lengths()); };  // [B]
    const Tensor log_probs = per_answer(tokens.values);
    const Tensor log_ratios = log_probs - per_answer(reference_.log_probs(answers_));
    std::vector<std::uint8_t> labels;
    for (const TokenSample& sample : samples()) labels.push_back(sample.is_desirable);
    const Tensor is_desirable = at::tensor(labels, at::kByte).to(at::kBool).to(log_probs.device());
    const Tensor baseline = kl(log_probs);
    const Tensor weights =
        at::where(is_desirable, settings_.desirable_weight, settings_.undesirable_weight).to(log_probs.scalar_type());
    const Tensor losses = weights * answer_losses(settings_.loss, settings_.beta, log_ratios, is_desirable, baseline);
    std::vector<Tensor> rows(kNumAnswerValues);
    rows[kLoss] = losses;
    rows[kReward] = settings_.beta * log_ratios;
    rows[kLogProb] = log_probs;
    rows[kLength] = at::tensor(answers_.lengths(), at::kFloat).to(log_probs.device());
    rows[kIsDesirable] = is_desirable.to(log_probs.scalar_type());
    rows[kEntropy] = per_answer(tokens.statistics.entropy);
    rows[kLogit] = per_answer(tokens.statistics.mean_logit);
    rows[kKl] = baseline.expand_as(log_probs);
    return {losses, at::stack(rows).detach()};
  }

  const Decoder& model_;
  const KtoSettings& settings_;
  const Reference& reference_;
  Answers answers_;
  std::optional<Answers> others_;  // the same prompts with each other's answers, for the KL term
};

class KtoObjective final : public Objective {
 public:
  KtoObjective(const Decoder& model, const KtoSettings& settings, const SampleSource& samples)
      : model_(model),
        settings_(settings),
        samples_(samples),
        reference_(model, settings, settings.reference),
        sizes_(sizes_in(samples)) {}

  std::int64_t num_samples() const override { return samples_.size(); }
  std::string data_sha256() const override { return samples_.content_sha256(); }

  SampleSize sample_size(std::int64_t number, std::int64_t max_length) const override {
    const SampleSize size = sizes_[static_cast<std::size_t>(number)];
    const std::int64_t prompt = std::min<std::int64_t>(size.tokens - size.targets, max_length - 1);
    const std::int64_t targets = std::min<std::int64_t>(size.targets, max_length - prompt);
    return {static_cast<std::int32_t>(prompt + targets), static_cast<std::int32_t>(targets)};
  }

  std::unique_ptr<MicroBatch> read(const std::vector<std::int64_t>& numbers) const override {
    const std::vector<TokenSample> samples = read_samples(samples_, numbers);
    if (settings_.loss != AnswerLoss::kto) return batch(samples, {}, settings_.max_length);
    std::vector<TokenSample> others;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::int64_t partner = partner_of(numbers, i);
      const auto found = std::find(numbers.begin(), numbers.end(), partner);
      others.push_back(found == numbers.end() ? samples_.at(partner)
                                              : samples[static_cast<std::size_t>(found - numbers.begin())]);
    }
    return batch(samples, others, settings_.max_length);
  }

  std::unique_ptr<MicroBatch> outline(const std::vector<std::int64_t>& numbers,
                                      std::int64_t max_length) const override {
    const std::vector<TokenSample> samples = outline_samples(*this, numbers, max_length);
    return batch(samples, samples, max_length);
  }

  Assessment assess(MetricSums& metrics) const override {
    const auto chosen = metrics.find("rewards/chosen"), rejected = metrics.find("rewards/rejected");
    if (chosen == metrics.end() || rejected == metrics.end()) return {};
    if (!metrics.contains("rewards/margins"))
      metrics["rewards/margins"] = {chosen->second.mean() - rejected->second.mean(), 1};
    return {.progress = fmt::format("margin {:.3f}", metrics["rewards/margins"].mean()),
            .warnings = {},
            .reason_to_stop = {}};
  }

  void check_start() const {
    if (!reference_.is_start() || num_samples() == 0) return;
    const Tensor values =
        read(numbers_from(0, std::max(1, settings_.batch_size), num_samples()))->evaluate().to(at::kCPU);
    const double largest = values[kReward].abs().max().item<double>() / settings_.beta;
    const double size = std::max(1.0, values[kLogProb].abs().max().item<double>());
    const double tolerance = start_tolerance(settings_, settings_.reference, model_.placement.dtype);
    if (largest <= tolerance * size) return;
    throw Error(Kind::internal,
                fmt::format("before the first step the model must equal its reference, but the log-probability of an "
                            "answer differs by {:.3g}: dropout, precision or weights of the two are not the same",
                            largest));
  }

 private:
  /**
   * The number of the sample whose answer follows the prompt of numbers[i] in the KL term: answers are rotated by one
   * within groups of batch_size samples, the last one's first. The groups are those of the micro-batch; under
   * Compat::trl those of the whole data, in whose order they are read.
   */
  std::int64_t partner_of(const std::vector<std::int64_t>& numbers, std::size_t i) const {
    const auto group = static_cast<std::size_t>(std::max(1, settings_.batch_size));
    if (settings_.compat == Compat::trl) {
      const auto number = static_cast<std::size_t>(numbers[i]), begin = number / group * group;
      const std::size_t end = std::min(static_cast<std::size_t>(num_samples()), begin + group);
      return static_cast<std::int64_t>(number == begin ? end - 1 : number - 1);
    }
    const std::size_t begin = settings_.packs ? 0 : i / group * group;
    const std::size_t end = settings_.packs ? numbers.size() : std::min(numbers.size(), begin + group);
    return numbers[i == begin ? end - 1 : i - 1];
  }

  std::unique_ptr<MicroBatch> batch(const std::vector<TokenSample>& samples, const std::vector<TokenSample>& others,
                                    std::int64_t max_length) const {
    return std::make_unique<AnswerBatch>(model_, settings_, reference_, samples, others, max_length);
  }

  const Decoder& model_;
  const KtoSettings& settings_;
  const SampleSource& samples_;
  Reference reference_;
  std::vector<SampleSize> sizes_;
};

}  // namespace

ObjectiveFactory kto_objectives(const KtoSettings& settings, const SampleSource& train,
                                const SampleSource* validation) {
  ObjectiveFactory make;
  make.train = [&settings, &train](const Decoder& model) -> std::unique_ptr<Objective> {
    auto objective = std::make_unique<KtoObjective>(model, settings, train);
    if (!model.placement.device.is_meta()) objective->check_start();
    return objective;
  };
  make.validation = [&settings, validation](const Decoder& model) -> std::unique_ptr<Objective> {
    return validation == nullptr ? nullptr : std::make_unique<KtoObjective>(model, settings, *validation);
  };
  return make;
}

}  // namespace intelia::nn
