// The loop, the evaluation and the plan under an objective that is not SFT's: pairs of answers with precomputed
// reference log-probabilities, normalized by the number of pairs, with additional metrics (Rafailov et al. 2023).
#include "nn/objective.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <csignal>

#include "model_folder.hpp"
#include "nn/memory.hpp"
#include "nn/operations/linear_cross_entropy.hpp"
#include "nn/scoring.hpp"
#include "nn/training.hpp"
#include "run_files.hpp"

using namespace intelia;
using namespace intelia::nn;
namespace fs = std::filesystem;

namespace {

constexpr double kBeta = 0.5;

/** A chosen and a rejected sequence, and log p(chosen) − log p(rejected) under the reference model. */
struct Pair {
  TokenSample chosen, rejected;
  double reference = 0;
};

class PairBatch final : public MicroBatch {
 public:
  PairBatch(const Decoder& model, const std::vector<Pair>& pairs) : model_(model) {
    for (const Pair& pair : pairs) {
      samples_.push_back(pair.chosen);
      samples_.push_back(pair.rejected);
      references_.push_back(pair.reference);
    }
  }

  BatchSize size() const override {
    BatchSize size;
    for (const TokenSample& sample : samples_) {
      size.tokens += size_of(sample).tokens;
      size.targets += size_of(sample).targets;
    }
    size.weight = static_cast<double>(references_.size());
    return size;
  }

  BatchLoss loss(std::uint64_t seed) const override {
    const Supervised supervised = supervise(model_, samples_);
    const Pass pass{.is_training = true, .seed = seed};
    const Tensor hidden = model_.hidden(supervised.batch, pass, supervised.rows);
    std::vector<Tensor> log_ratios;
    std::int64_t begin = 0;
    const auto next_log_probability = [&](const TokenSample& sample) {
      const std::int64_t count = size_of(sample).targets;
      const Tensor loss = linear_cross_entropy(hidden.narrow(0, begin, count), model_.head.of(pass),
                                               supervised.labels.narrow(0, begin, count));
      begin += count;
      return -loss;
    };
    for (std::size_t i = 0; i < references_.size(); ++i) {
      const Tensor chosen = next_log_probability(samples_[2 * i]), rejected = next_log_probability(samples_[2 * i + 1]);
      log_ratios.push_back(chosen - rejected - references_[i]);
    }
    const Tensor margins = at::stack(log_ratios) * kBeta;  // [pairs]
    BatchLoss loss{at::softplus(-margins).sum(), {}};      // −log σ(margin)
    if (!margins.is_meta())
      loss.metrics["rewards/margins"] = {margins.sum().item<double>(), static_cast<double>(references_.size())};
    return loss;
  }

  Tensor evaluate() const override { return target_losses(model_, supervise(model_, samples_), /*uses_adapter=*/true); }

  BatchScores scores(const Tensor& evaluated) const override {
    const std::vector<SampleLoss> sequences = sample_losses(samples_, evaluated);
    BatchScores scores;
    for (std::size_t i = 0; i < references_.size(); ++i) {
      const double margin = kBeta * (sequences[2 * i + 1].loss_sum - sequences[2 * i].loss_sum - references_[i]);
      scores.losses.push_back({std::log1p(std::exp(-margin)), 1, 1});
      scores.metrics["rewards/margins"].add({margin, 1});
      scores.metrics["rewards/accuracies"].add({margin > 0 ? 1.0 : 0.0, 1});
    }
    return scores;
  }

  std::vector<Json> describe() const override {
    std::vector<Json> list;
    for (std::size_t i = 0; i < references_.size(); ++i)
      list.push_back({{"chosen", samples_[2 * i].ids}, {"rejected", samples_[2 * i + 1].ids}});
    return list;
  }

 private:
  const Decoder& model_;
  std::vector<TokenSample> samples_;  // chosen and rejected alternate
  std::vector<double> references_;
};

class PairObjective final : public Objective {
 public:
  PairObjective(const Decoder& model, const std::vector<Pair>& pairs) : model_(model), pairs_(pairs) {
    if (model.placement.device.is_meta()) return;
    for (Pair& pair : pairs_) {
      const std::vector<TokenSample> both{pair.chosen, pair.rejected};
      const std::vector<SampleLoss> scores = score_samples(model, both, /*uses_adapter=*/false);
      pair.reference = scores[1].loss_sum - scores[0].loss_sum;
    }
  }

  std::int64_t num_samples() const override { return static_cast<std::int64_t>(pairs_.size()); }
  SampleSize sample_size(std::int64_t number, std::int64_t) const override {
    const Pair& pair = pairs_[static_cast<std::size_t>(number)];
    const SampleSize chosen = size_of(pair.chosen), rejected = size_of(pair.rejected);
    return {chosen.tokens + rejected.tokens, chosen.targets + rejected.targets};
  }
  std::string data_sha256() const override { return "pairs"; }
  std::unique_ptr<MicroBatch> read(const std::vector<std::int64_t>& numbers) const override {
    std::vector<Pair> pairs;
    for (const std::int64_t number : numbers) pairs.push_back(pairs_[static_cast<std::size_t>(number)]);
    return std::make_unique<PairBatch>(model_, pairs);
  }
  std::unique_ptr<MicroBatch> outline(const std::vector<std::int64_t>& numbers, std::int64_t) const override {
    return read(numbers);
  }

 private:
  const Decoder& model_;
  std::vector<Pair> pairs_;
};

std::vector<Pair> make_pairs(std::int64_t count, std::uint64_t seed) {
  const RandomSamples chosen(count, seed), rejected(count, seed + 1);
  std::vector<Pair> pairs;
  for (std::int64_t i = 0; i < count; ++i) pairs.push_back({chosen.at(i), rejected.at(i)});
  return pairs;
}

ObjectiveFactory over(const std::vector<Pair>& train, const std::vector<Pair>* validation = nullptr) {
  return {[&train](const Decoder& model) { return std::make_unique<PairObjective>(model, train); },
          [validation](const Decoder& model) {
            return validation == nullptr ? nullptr : std::make_unique<PairObjective>(model, *validation);
          }};
}

TrainingSettings settings_of(const fs::path& model, const fs::path& output) {
  fs::create_directories(output);
  TrainingSettings settings;
  settings.base.model = model;
  settings.base.method = Method::lora;
  settings.base.precision = Precision::fp32;
  settings.base.device = Device::cpu;
  settings.base.threads = 1;
  settings.output = output;
  settings.lora.dropout = 0;
  settings.batch_size = 2;
  settings.gradient_accumulation = 2;
  settings.learning_rate = 1e-2;
  settings.epochs = 2;
  settings.log_every = 3;
  settings.eval_every = 3;
  settings.save_every = 0;
  settings.probes = false;
  return settings;
}

TrainingSummary run(const TrainingSettings& settings, const ObjectiveFactory& make) {
  SilentSinks silent;
  return run_training(settings, make, Json::object(), silent.sinks());
}

}  // namespace

TEST_CASE("pairs: the loss begins at log 2 and falls, its metrics are averaged over the pairs of an interval") {
  const TemporaryFolder folder;
  const std::vector<Pair> pairs = make_pairs(18, 3), held_out = make_pairs(5, 40);
  const TrainingSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  const TrainingSummary summary = run(settings, over(pairs, &held_out));
  CHECK(summary.steps == 10);
  CHECK(summary.first_loss == doctest::Approx(std::log(2.0)).epsilon(1e-6));
  CHECK(summary.final_loss < summary.first_loss / 2);
  const std::vector<Json> lines = metrics_of(settings.output);
  REQUIRE(lines.size() == 4);  // steps 3, 6, 9 and 10
  for (const Json& line : lines) {
    CHECK(line.contains("eval_rewards/margins"));
    CHECK(line.at("eval_rewards/accuracies") >= 0);
    CHECK(line.at("eval_rewards/accuracies") <= 1);
  }
  CHECK(lines.back().at("rewards/margins") > lines.front().at("rewards/margins"));
}

TEST_CASE("pairs: a step is the same however it is split into micro-batches") {
  const TemporaryFolder folder;
  const std::vector<Pair> pairs = make_pairs(8, 3);
  const fs::path model = make_model(folder / "model");
  const auto lines_of = [&](const std::string& name, int batch_size, int accumulation) {
    TrainingSettings settings = settings_of(model, folder / name);
    settings.batch_size = batch_size;
    settings.gradient_accumulation = accumulation;
    settings.log_every = 1;
    run(settings, over(pairs));
    return metrics_of(settings.output);
  };
  const std::vector<Json> whole = lines_of("8x1", 8, 1), single = lines_of("1x8", 1, 8);
  REQUIRE(whole.size() == 2);
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const char* name : {"loss", "grad_norm", "rewards/margins"})
      CHECK(whole[i].at(name).get<double>() == doctest::Approx(single[i].at(name).get<double>()).epsilon(1e-4));
}

TEST_CASE("pairs: stopped within a logging interval and resumed, the metrics are those of an uninterrupted run") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const std::vector<Pair> pairs = make_pairs(18, 3), held_out = make_pairs(5, 40);
  run(settings_of(model, folder / "whole"), over(pairs, &held_out));
  for (const std::int64_t stop_step : {1, 5, 8}) {
    CAPTURE(stop_step);
    TrainingSettings settings = settings_of(model, folder / std::to_string(stop_step));
    StoppingSinks stopping(stop_step);
    CHECK_THROWS_AS(run_training(settings, over(pairs, &held_out), Json::object(), stopping.sinks()), Interrupted);
    settings.resume = true;
    run(settings, over(pairs, &held_out));
    CHECK(metrics_without_measured(settings.output) == metrics_without_measured(folder / "whole"));
    CHECK((read_file(settings.output / "adapter_model.safetensors") ==
           read_file(folder / "whole" / "adapter_model.safetensors")));
  }
}

TEST_CASE("pairs: the planned memory is within 5 % of what the allocator then counts") {
  const TemporaryFolder folder;
  const std::vector<Pair> pairs = make_pairs(18, 3), held_out = make_pairs(5, 40);
  const TrainingSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  SilentSinks silent;
  const TrainingPlan plan = plan_training(settings, over(pairs, &held_out), /*measures_time=*/false, silent.sinks());
  const TrainingSummary summary = run(settings, over(pairs, &held_out));
  CHECK(plan.steps == 10);
  CHECK(static_cast<double>(plan.peak_bytes) ==
        doctest::Approx(static_cast<double>(summary.allocator_peak_bytes)).epsilon(0.05));
}

TEST_CASE("pairs: a loss that is not finite ends the run with the pairs written out") {
  const TemporaryFolder folder;
  const std::vector<Pair> pairs = make_pairs(8, 3);
  TrainingSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  settings.learning_rate = 1e9;
  settings.max_grad_norm = 0;
  settings.epochs = 20;
  CHECK_THROWS_WITH(run(settings, over(pairs)), doctest::Contains("nan-batch.jsonl"));
  const Json line = parse_json(read_file(settings.output / "nan-batch.jsonl")
                                   .substr(0, read_file(settings.output / "nan-batch.jsonl").find('\n')),
                               "nan-batch.jsonl");
  const Pair& pair = pairs[line.at("sample").get<std::size_t>()];
  CHECK(line.at("chosen").get<std::vector<std::int32_t>>() == pair.chosen.ids);
  CHECK(line.at("rejected").get<std::vector<std::int32_t>>() == pair.rejected.ids);
}
