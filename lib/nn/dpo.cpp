#include "nn/dpo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nn/evaluation.hpp"
#include "nn/pair_metrics.hpp"
#include "nn/preference_batch.hpp"
#include "nn/preference_loss.hpp"
#include "nn/reference.hpp"
#include "nn/reference_scores.hpp"

namespace intelia::nn {

namespace {

bool has_orpo(const DpoSettings& settings) {
  return std::find(settings.losses.begin(), settings.losses.end(), PairLoss::orpo) != settings.losses.end();
}

/** Micro-batches of pairs. */
class PairBatch final : public PreferenceBatch {
 public:
  /** `reference` may be null where no loss needs one; `known` [2·B], the reference's log-probabilities of the answers,
     may be empty. Both must outlive the batch. */
  PairBatch(const Decoder& model, const DpoSettings& settings, const Reference* reference, std::vector<float> known,
            std::vector<TokenSample> samples)
      : PreferenceBatch(std::move(samples), settings.compat),
        model_(model),
        settings_(settings),
        reference_(reference),
        known_(std::move(known)),
        answers_(model, this->samples(),
                 {.shares_prompts = settings.shares_prompts, .labels_prompts = has_orpo(settings)}) {}

  std::vector<Json> describe() const override {
    std::vector<Json> list;
    for (const TokenSample& sample : samples()) {
      const auto part = [&](std::int64_t from, std::int64_t to) {
        return std::vector<std::int32_t>(sample.ids.begin() + from, sample.ids.begin() + to);
      };
      const auto end = static_cast<std::int64_t>(sample.ids.size());
      list.push_back({{"prompt_ids", part(0, prompt_length(sample))},
                      {"chosen_ids", part(prompt_length(sample), sample.second_begin)},
                      {"rejected_ids", part(sample.second_begin, end)}});
    }
    return list;
  }

  /** Σ log p of each answer under the reference, as the losses use it: [2·B] fp32, chosen and rejected in turn. */
  Tensor reference_log_probs() const {
    return sums(weighted(reference_->log_probs(answers_)), answers_.lengths())
        .view({-1, parts()})
        .narrow(1, parts() - 2, 2)
        .flatten();
  }

 private:
  /** Runs of targets per pair: with orpo the prompt's, then those of the two answers. */
  std::int64_t parts() const { return has_orpo(settings_) ? 3 : 2; }

  /** Applies the token weights of LD-DPO. [S] -> [S]. */
  Tensor weighted(const Tensor& log_probs) const {
    if (!settings_.ld_alpha) return log_probs;
    std::vector<float> weights;
    const std::vector<std::int64_t>& lengths = answers_.lengths();
    for (std::size_t i = 0; i < lengths.size(); i += 2) {
      const std::int64_t shared = std::min(lengths[i], lengths[i + 1]);
      for (const std::int64_t length : {lengths[i], lengths[i + 1]})
        for (std::int64_t t = 0; t < length; ++t)
          weights.push_back(t < shared ? 1 : static_cast<float>(*settings_.ld_alpha));
    }
    return log_probs * at::tensor(weights, at::kFloat).to(log_probs.device());
  }

  /** Sums over the parts of each pair: [S] -> [parts, B]. */
  Tensor per_part(const Tensor& of_tokens) const { return sums(of_tokens, answers_.lengths()).view({-1, parts()}).t(); }

  PairLogProbs log_probs_of_pairs(const LogProbs& tokens) const {
    const std::int64_t chosen = parts() - 2, rejected = parts() - 1;
    const Tensor lengths =
        at::tensor(answers_.lengths(), at::kFloat).to(tokens.values.device()).view({-1, parts()}).t();
    const Tensor whole = per_part(tokens.values),
                 log_probs = settings_.ld_alpha ? per_part(weighted(tokens.values)) : whole;
    const Tensor reference = reference_values(log_probs);
    PairLogProbs pairs{.chosen = log_probs[chosen],
                       .rejected = log_probs[rejected],
                       .reference_chosen = reference[0],
                       .reference_rejected = reference[1],
                       .chosen_lengths = lengths[chosen],
                       .rejected_lengths = lengths[rejected],
                       .chosen_mean = whole[chosen].sum() / lengths[chosen].sum(),
                       .whole_mean = {},
                       .weights = {}};
    if (has_orpo(settings_))
      pairs.whole_mean = (whole[0].sum() + whole[chosen].sum()) / (lengths[0].sum() + lengths[chosen].sum());
    if (settings_.uses_weighting) {
      const Tensor aligned = per_part((tokens.values - tokens.statistics.log_square).detach()) / lengths.clamp_min(1);
      pairs.weights = at::exp(aligned[chosen]) * at::exp(aligned[rejected]);
    }
    return pairs;
  }

  Computed compute(const Pass& pass) const override {
    const LogProbs tokens =
        answers_.log_probs(model_, pass, settings_.uses_weighting ? Statistics::with_log_square : Statistics::usual);
    const PairLogProbs pairs = log_probs_of_pairs(tokens);
    const Tensor losses = pair_losses(settings_, pairs);
    const Rewards rewards = rewards_of(settings_, pairs);
    const std::int64_t chosen = parts() - 2, rejected = parts() - 1;
    const Tensor entropy = per_part(tokens.statistics.entropy), logits = per_part(tokens.statistics.mean_logit);
    std::vector<Tensor> rows(kNumPairValues);
    rows[kLoss] = losses;
    rows[kChosenReward] = rewards.chosen;
    rows[kRejectedReward] = rewards.rejected;
    rows[kChosenLogProb] = pairs.chosen;
    rows[kRejectedLogProb] = pairs.rejected;
    rows[kChosenLogRatio] =
        needs_reference(settings_) ? pairs.chosen - pairs.reference_chosen : at::zeros_like(pairs.chosen);
    rows[kChosenLength] = pairs.chosen_lengths;
    rows[kRejectedLength] = pairs.rejected_lengths;
    rows[kEntropy] = entropy[chosen] + entropy[rejected];
    rows[kChosenLogit] = logits[chosen];
    rows[kRejectedLogit] = logits[rejected];
    rows[kChosenTop] = per_part(tokens.statistics.is_top)[chosen];
    return {losses, at::stack(rows).detach()};
  }

  MetricSums metrics(const Tensor& values, bool per_batch) const override { return pair_metrics(values, per_batch); }
  std::int64_t tokens_of(const TokenSample& pair) const override {
    return static_cast<std::int64_t>(pair.ids.size()) + prompt_length(pair);
  }

  /** [2, B]: of the chosen and the rejected answers. */
  Tensor reference_values(const Tensor& like) const {
    if (!needs_reference(settings_)) return at::zeros({2, like.size(1)}, like.options()).detach();
    const Tensor values = known_.empty() ? reference_log_probs() : at::tensor(known_, at::kFloat).to(like.device());
    return values.view({-1, 2}).t();
  }

  const Decoder& model_;
  const DpoSettings& settings_;
  const Reference* reference_;
  std::vector<float> known_;
  Answers answers_;
};

/** A pair with these lengths and arbitrary content. */
TokenSample outline_pair(std::int64_t prompt, std::int64_t chosen, std::int64_t rejected) {
  TokenSample sample = outline_sample(prompt + chosen + rejected, chosen + rejected);
  sample.second_begin = static_cast<std::int32_t>(prompt + chosen);
  return sample;
}

class DpoObjective final : public Objective {
 public:
  DpoObjective(const Decoder& model, const DpoSettings& settings, const SampleSource& samples, Sinks sinks)
      : model_(model), settings_(settings), samples_(samples), sizes_(sizes_in(samples)) {
    if (!needs_reference(settings)) return;
    reference_.emplace(model, settings, settings.reference);
    if (!settings.reference.is_precomputed || model.placement.device.is_meta()) return;
    known_ = reference_scores(settings.reference.cache, data_sha256(), 2 * samples.size(), sinks,
                              [&] { return compute_reference(sinks); });
  }

  std::int64_t num_samples() const override { return samples_.size(); }
  std::string data_sha256() const override { return samples_.content_sha256(); }

  /** The targets are assumed to be divided evenly among the two answers where they are truncated. */
  SampleSize sample_size(std::int64_t number, std::int64_t max_length) const override {
    const SampleSize size = sizes_[static_cast<std::size_t>(number)];
    const std::int64_t prompt = std::min<std::int64_t>(size.tokens - size.targets, max_length - 1);
    const std::int64_t answer = std::clamp<std::int64_t>(size.targets / 2, 1, max_length - prompt);
    const std::int64_t targets = std::min<std::int64_t>(size.targets, 2 * (max_length - prompt));
    const std::int64_t kept = std::max(targets, answer + 1);
    return {static_cast<std::int32_t>(prompt + kept), static_cast<std::int32_t>(kept)};
  }

  std::unique_ptr<MicroBatch> read(const std::vector<std::int64_t>& numbers) const override { return batch(numbers); }

  std::unique_ptr<MicroBatch> outline(const std::vector<std::int64_t>& numbers,
                                      std::int64_t max_length) const override {
    std::vector<TokenSample> samples;
    for (const std::int64_t number : numbers) {
      const auto [tokens, targets] = sample_size(number, max_length);
      samples.push_back(outline_pair(tokens - targets, (targets + 1) / 2, targets / 2));
    }
    return std::make_unique<PairBatch>(model_, settings_, reference(), std::vector<float>(), std::move(samples));
  }

  Assessment assess(MetricSums& metrics) const override { return assess_pairs(metrics, settings_.health); }

  /** Compares log-ratios and loss of the first pairs with what they are when policy and reference are the same. */
  void check_start(Log& log) const;

 private:
  const Reference* reference() const { return reference_ ? &*reference_ : nullptr; }

  std::unique_ptr<PairBatch> batch(const std::vector<std::int64_t>& numbers) const {
    std::vector<float> known;
    if (!known_.empty())
      for (const std::int64_t number : numbers)
        for (const std::int64_t answer : {2 * number, 2 * number + 1})
          known.push_back(known_[static_cast<std::size_t>(answer)]);
    return std::make_unique<PairBatch>(model_, settings_, reference(), std::move(known),
                                       read_samples(samples_, numbers));
  }

  std::vector<float> compute_reference(const Sinks& sinks) const {
    const std::int64_t batch_size = evaluation_batch_size(settings_);
    std::vector<float> values;
    for (std::int64_t begin = 0; begin < num_samples(); begin += batch_size) {
      sinks.stop.check("computing the log-probabilities of the reference");
      const std::vector<std::int64_t> numbers = numbers_from(begin, batch_size, num_samples());
      const Tensor found = batch(numbers)->reference_log_probs().to(at::kCPU).contiguous();  // [2·B]
      values.insert(values.end(), found.const_data_ptr<float>(), found.const_data_ptr<float>() + found.numel());
      sinks.progress.update({"reference", std::min(num_samples(), begin + batch_size), num_samples(), "pairs"});
    }
    sinks.progress.finish();
    return values;
  }

  const Decoder& model_;
  const DpoSettings& settings_;
  const SampleSource& samples_;
  std::vector<SampleSize> sizes_;
  std::optional<Reference> reference_;
  std::vector<float> known_;  // [2·pairs]: Σ log p of the answers under the reference; empty: computed when needed
};

void DpoObjective::check_start(Log& log) const {
  if (!reference_ || num_samples() == 0) return;
  const std::vector<std::int64_t> numbers = numbers_from(0, std::max(1, settings_.batch_size), num_samples());
  const std::unique_ptr<PairBatch> first = batch(numbers);
  const Tensor values = first->evaluate().to(at::kCPU);
  const double tolerance = start_tolerance(settings_, settings_.reference, model_.placement.dtype);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(numbers.size()); ++i) {
    const auto value = [&](PairValue row) { return values[row][i].item<double>(); };
    const double log_ratio =
        std::max(std::fabs(value(kChosenReward)), std::fabs(value(kRejectedReward))) / settings_.beta;
    const double size = std::max({1.0, std::fabs(value(kChosenLogProb)), std::fabs(value(kRejectedLogProb))});
    if (!reference_->is_start()) {
      log.info(
          fmt::format("before the first step the loss of the first pair is {:.6f}; the reference is another model "
                      "than the one that training starts from",
                      value(kLoss)));
      return;
    }
    const auto expected = starting_loss(settings_, static_cast<std::int64_t>(value(kChosenLength)),
                                        static_cast<std::int64_t>(value(kRejectedLength)));
    const bool is_same = log_ratio <= tolerance * size;
    const bool is_expected =
        !expected || tolerance > 0 || std::fabs(value(kLoss) - *expected) <= 1e-5 * (1 + *expected);
    if (is_same && is_expected) continue;
    throw Error(
        Kind::internal,
        fmt::format("before the first step the model must equal its reference, but the log-probability of an "
                    "answer of pair {} differs by {:.3g} and the loss is {:.6f}{}; {}",
                    i + 1, log_ratio, value(kLoss), expected ? fmt::format(" instead of {:.6f}", *expected) : "",
                    settings_.reference.is_precomputed
                        ? "the precomputed log-probabilities of the reference are of another precision or "
                          "model: remove them and run again"
                        : "dropout, precision or weights of the two are not the same"));
  }
}

}  // namespace

ObjectiveFactory dpo_objectives(const DpoSettings& settings, const SampleSource& train, const SampleSource* validation,
                                Sinks sinks) {
  check_pair_losses(settings);
  ObjectiveFactory make;
  make.train = [&settings, &train, sinks](const Decoder& model) -> std::unique_ptr<Objective> {
    auto objective = std::make_unique<DpoObjective>(model, settings, train, sinks);
    if (!model.placement.device.is_meta()) objective->check_start(sinks.log);
    return objective;
  };
  make.validation = [&settings, validation, sinks](const Decoder& model) -> std::unique_ptr<Objective> {
    return validation == nullptr ? nullptr : std::make_unique<DpoObjective>(model, settings, *validation, sinks);
  };
  return make;
}

}  // namespace intelia::nn
