#include "nn/sft.hpp"

#include <algorithm>

#include "nn/operations/linear_cross_entropy.hpp"
#include "nn/scoring.hpp"

namespace intelia::nn {

namespace {

/** Σ of the weights of a sample's targets: their number, where they have no weights. */
double target_weight(const TokenSample& sample) {
  if (sample.weights.empty()) return static_cast<double>(size_of(sample).targets);
  double sum = 0;
  for (std::size_t i = 1; i < sample.is_target.size(); ++i)
    if (sample.is_target[i] != 0) sum += sample.weights[i];
  return sum;
}

class SftBatch final : public MicroBatch {
 public:
  SftBatch(const Decoder& model, double neftune_alpha, std::vector<TokenSample> samples)
      : model_(model), neftune_alpha_(neftune_alpha), samples_(std::move(samples)) {}

  BatchSize size() const override {
    BatchSize total;
    for (const TokenSample& sample : samples_) {
      const SampleSize size = size_of(sample);
      total.tokens += size.tokens;
      total.targets += size.targets;
      total.weight += target_weight(sample);
    }
    return total;
  }

  /** Σ −w·log p(target | tokens before it). */
  BatchLoss loss(std::uint64_t seed) const override {
    const Supervised supervised = supervise(model_, samples_);
    const Pass pass{.is_training = true, .seed = seed, .neftune_alpha = neftune_alpha_};
    const Tensor hidden = model_.hidden(supervised.batch, pass, supervised.rows);  // [S, D]
    return {linear_cross_entropy(hidden, model_.head.of(pass), supervised.labels, model_.config.logit_softcap,
                                 supervised.weights),
            {}};
  }

  /** Loss of each target: [S]. */
  Tensor evaluate() const override { return target_losses(model_, supervise(model_, samples_), /*uses_adapter=*/true); }
  BatchScores scores(const Tensor& evaluated) const override { return {sample_losses(samples_, evaluated), {}}; }

  std::vector<Json> describe() const override {
    std::vector<Json> list;
    for (const TokenSample& sample : samples_) {
      Json& json = list.emplace_back(Json{{"ids", sample.ids}, {"is_target", sample.is_target}});
      if (!sample.weights.empty()) json["weights"] = sample.weights;
    }
    return list;
  }

 private:
  const Decoder& model_;
  double neftune_alpha_;
  std::vector<TokenSample> samples_;
};

class SftObjective final : public Objective {
 public:
  SftObjective(const Decoder& model, double neftune_alpha, const SampleSource& samples)
      : model_(model), neftune_alpha_(neftune_alpha), samples_(samples), sizes_(sizes_in(samples)) {}

  std::int64_t num_samples() const override { return samples_.size(); }
  std::string data_sha256() const override { return samples_.content_sha256(); }

  SampleSize sample_size(std::int64_t number, std::int64_t max_length) const override {
    SampleSize size = sizes_[static_cast<std::size_t>(number)];
    const std::int64_t removed = std::max<std::int64_t>(0, size.tokens - max_length);
    // The truncated tokens are assumed to be targets, but for one: samples without a target are rejected.
    if (removed > 0) size.targets = static_cast<std::int32_t>(std::max<std::int64_t>(1, size.targets - removed));
    size.tokens -= static_cast<std::int32_t>(removed);
    return size;
  }

  std::unique_ptr<MicroBatch> read(const std::vector<std::int64_t>& numbers) const override {
    return std::make_unique<SftBatch>(model_, neftune_alpha_, read_samples(samples_, numbers));
  }

  std::unique_ptr<MicroBatch> outline(const std::vector<std::int64_t>& numbers,
                                      std::int64_t max_length) const override {
    return std::make_unique<SftBatch>(model_, neftune_alpha_, outline_samples(*this, numbers, max_length));
  }

 private:
  const Decoder& model_;
  double neftune_alpha_;
  const SampleSource& samples_;
  std::vector<SampleSize> sizes_;
};

}  // namespace

ObjectiveFactory sft_objectives(const SftSettings& settings, const SampleSource& train,
                                const SampleSource* validation) {
  const auto over = [alpha = settings.neftune_alpha](const SampleSource* samples) {
    return [alpha, samples](const Decoder& model) -> std::unique_ptr<Objective> {
      return samples == nullptr ? nullptr : std::make_unique<SftObjective>(model, alpha, *samples);
    };
  };
  return {over(&train), over(validation)};
}

}  // namespace intelia::nn
