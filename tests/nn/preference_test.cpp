// Training on pairs and on labelled answers: the loss before the first step, shared prompts, references, resume.
#include <doctest/doctest.h>

#include <cmath>

#include "model_folder.hpp"
#include "nn/dpo.hpp"
#include "nn/kto.hpp"
#include "nn/trained_model.hpp"
#include "nn/weights.hpp"
#include "run_files.hpp"

using namespace intelia;
using namespace intelia::nn;

namespace {

/** Random pairs, or with `labelled` random answers with a label. */
class RandomPairs final : public SampleList {
 public:
  RandomPairs(std::int64_t count, std::uint64_t seed, bool labelled = false) {
    Random random(seed);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::size_t prompt = 2 + random.below(9), chosen = 1 + random.below(6),
                        rejected = labelled ? 0 : 1 + random.below(6);
      TokenSample& sample = samples_.emplace_back();
      for (std::size_t t = 0; t < prompt + chosen + rejected; ++t) {
        sample.ids.push_back(static_cast<std::int32_t>(random.below(96)));
        sample.is_target.push_back(t >= prompt);
      }
      if (!labelled) sample.second_begin = static_cast<std::int32_t>(prompt + chosen);
      sample.is_desirable = random.below(2) == 0;
    }
    sha256_ = sha256_of("pairs " + std::to_string(count) + " " + std::to_string(seed));
  }
};

template <class Settings>
Settings settings_for(const TemporaryFolder& folder, const std::string& name) {
  Settings settings;
  settings.base.model = folder / "model";
  settings.base.method = Method::lora;
  settings.base.precision = Precision::fp32;
  settings.base.device = Device::cpu;
  settings.base.threads = 1;
  settings.output = folder / name;
  settings.max_steps = 6;
  settings.batch_size = 3;
  settings.gradient_accumulation = 2;
  settings.learning_rate = 1e-2;
  settings.log_every = 1;
  settings.max_length = 32;
  settings.probes = false;
  return settings;
}

const Json kRun = {{"options", {{"seed", 42}}}};

std::vector<Json> train(const DpoSettings& settings, const SampleSource& samples, Sinks sinks,
                        const SampleSource* validation = nullptr) {
  std::filesystem::create_directories(settings.output);
  run_training(settings, dpo_objectives(settings, samples, validation, sinks), kRun, sinks);
  return metrics_of(settings.output);
}

std::vector<Json> train(const KtoSettings& settings, const SampleSource& samples, Sinks sinks,
                        const SampleSource* validation = nullptr) {
  std::filesystem::create_directories(settings.output);
  run_training(settings, kto_objectives(settings, samples, validation), kRun, sinks);
  return metrics_of(settings.output);
}

double largest_difference(const std::vector<Json>& left, const std::vector<Json>& right, const char* name) {
  REQUIRE(left.size() == right.size());
  double largest = 0;
  for (std::size_t i = 0; i < left.size(); ++i)
    largest = std::max(largest, std::fabs(left[i].at(name).get<double>() - right[i].at(name).get<double>()));
  return largest;
}

}  // namespace

TEST_CASE("DPO starts at ln 2 exactly, whatever the adapter, and learns") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const RandomPairs pairs(12, 1);
  SilentSinks silent;
  for (const std::string kind : {"lora", "dora", "qlora", "pissa", "full", "bf16"}) {
    CAPTURE(kind);
    auto settings = settings_for<DpoSettings>(folder, kind);
    settings.lora.uses_dora = kind == "dora";
    if (kind == "qlora") settings.base.method = Method::qlora;
    if (kind == "full") settings.base.method = Method::full;
    if (kind == "pissa") settings.lora.init = LoraInit::pissa;
    if (kind == "bf16") settings.base.precision = Precision::bf16;
    if (kind == "full") settings.learning_rate = 1e-3;
    settings.lora.r = 4;
    const std::vector<Json> metrics = train(settings, pairs, silent.sinks());
    CHECK(metrics.front()["loss"].get<double>() ==
          doctest::Approx(std::log(2.0)).epsilon(kind == "pissa" ? 1e-4 : 1e-6));
    CHECK(metrics.back()["loss"].get<double>() < 0.6);
    CHECK(metrics.back()["rewards/margins"].get<double>() > 0);
    for (const char* name : {"rewards/chosen", "rewards/rejected", "rewards/accuracies", "logps/chosen",
                             "logps/rejected", "logits/chosen", "logits/rejected", "entropy", "mean_token_accuracy",
                             "num_tokens", "health/chosen_drop", "health/saturation", "health/length_bias"})
      CHECK(metrics.back().contains(name));
    CHECK(!metrics.back().contains("moments/x"));
  }
}

TEST_CASE("a shared prompt gives the same training as separate sequences, also with windows and long positions") {
  const TemporaryFolder folder;
  const RandomPairs pairs(12, 2);
  SilentSinks silent;
  for (const std::string family : {"llama", "mistral", "dynamic"}) {
    CAPTURE(family);
    make_model(folder / "model");
    Json config = parse_json(read_file(folder / "model" / "config.json"), "config.json");
    if (family == "mistral") {
      config["model_type"] = "mistral";
      config["architectures"] = {"MistralForCausalLM"};
      config["sliding_window"] = 4;
    }
    if (family == "dynamic") config["rope_scaling"] = {{"rope_type", "dynamic"}, {"factor", 2.0}};
    if (family == "dynamic") config["max_position_embeddings"] = 8;
    write_file(folder / "model" / "config.json", config.dump());
    auto settings = settings_for<DpoSettings>(folder, family + "-shared");
    settings.lora.r = 4;
    const std::vector<Json> shared = train(settings, pairs, silent.sinks());
    settings.output = folder / (family + "-separate");
    settings.shares_prompts = false;
    const std::vector<Json> separate = train(settings, pairs, silent.sinks());
    for (const char* name : {"loss", "grad_norm", "logps/chosen", "logps/rejected"})
      CHECK(largest_difference(shared, separate, name) < 2e-4);
    CHECK(largest_difference(shared, separate, "num_tokens") == 0);
  }
}

TEST_CASE("every loss trains from its known first value") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const RandomPairs pairs(12, 3);
  SilentSinks silent;
  for (int number = 0; number <= static_cast<int>(PairLoss::orpo); ++number) {
    CAPTURE(number);
    auto settings = settings_for<DpoSettings>(folder, "loss-" + std::to_string(number));
    settings.losses = {static_cast<PairLoss>(number)};
    settings.lora.r = 4;
    if (settings.losses[0] == PairLoss::exo_pair) settings.label_smoothing = 1e-3;
    const std::vector<Json> metrics = train(settings, pairs, silent.sinks());
    CHECK(metrics.back()["loss"].get<double>() < metrics.front()["loss"].get<double>());
  }
}

TEST_CASE("precomputed log-probabilities of the reference give the same training, from memory and from the cache") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const RandomPairs pairs(12, 4), held_out(5, 5);
  StoppingSinks sinks;
  auto settings = settings_for<DpoSettings>(folder, "live");
  settings.lora.r = 4;
  settings.eval_every = 2;
  const std::vector<Json> live = train(settings, pairs, sinks.sinks(), &held_out);
  settings.reference.is_precomputed = true;
  settings.reference.cache = folder / "cache" / "key";
  for (const char* name : {"first", "second", "damaged"}) {
    settings.output = folder / name;
    if (std::string(name) == "damaged")
      for (const auto& entry : std::filesystem::directory_iterator(folder / "cache")) write_file(entry.path(), "x");
    const std::vector<Json> precomputed = train(settings, pairs, sinks.sinks(), &held_out);
    CHECK(largest_difference(live, precomputed, "loss") < 2e-4);
    CHECK(metrics_without_measured(folder / "first") == metrics_without_measured(settings.output));
  }
  CHECK(sinks.log.text.find("is damaged") != std::string::npos);
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "cache"), std::filesystem::directory_iterator()) ==
        2);
}

TEST_CASE("a continued adapter starts from itself, from the base, or from a third one") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const RandomPairs pairs(12, 6);
  SilentSinks silent;
  auto settings = settings_for<DpoSettings>(folder, "first");
  settings.lora.r = 4;
  train(settings, pairs, silent.sinks());
  settings.base.adapter = folder / "first";
  const auto first_loss = [&](const std::string& name) {
    settings.output = folder / name;
    return train(settings, pairs, silent.sinks()).front()["loss"].get<double>();
  };
  CHECK(first_loss("copy") == doctest::Approx(std::log(2.0)).epsilon(1e-6));
  settings.reference.adapter = folder / "copy";
  CHECK(first_loss("third") > std::log(2.0) + 1e-3);  // the copy has a larger margin than the first adapter
  settings.reference.adapter.clear();
  settings.reference.kind = ReferenceSettings::Kind::base;
  CHECK(first_loss("base") < std::log(2.0) - 1e-3);  // the first adapter prefers the chosen answers already
}

TEST_CASE("an interrupted preference run ends with the bytes of one that was not") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const auto check = [&](auto settings, const SampleSource& samples, const SampleSource& held_out, const char* name) {
    settings.lora.r = 4;
    settings.eval_every = 2;
    settings.log_every = 2;
    settings.output = folder / (std::string(name) + "-whole");
    StoppingSinks whole;
    train(settings, samples, whole.sinks(), &held_out);
    const std::filesystem::path reference = settings.output;
    settings.output = folder / (std::string(name) + "-resumed");
    settings.resume = true;
    for (const std::int64_t stop : {2, 3, 5}) {
      StoppingSinks stopping(stop);
      CHECK_THROWS_AS(train(settings, samples, stopping.sinks(), &held_out), Interrupted);
    }
    StoppingSinks rest;
    train(settings, samples, rest.sinks(), &held_out);
    CHECK(metrics_without_measured(reference) == metrics_without_measured(settings.output));
    CHECK(read_file(reference / "adapter_model.safetensors") ==
          read_file(settings.output / "adapter_model.safetensors"));
  };
  check(settings_for<DpoSettings>(folder, "dpo"), RandomPairs(10, 7), RandomPairs(4, 8), "dpo");
  check(settings_for<KtoSettings>(folder, "kto"), RandomPairs(10, 7, true), RandomPairs(4, 8, true), "kto");
}

TEST_CASE("KTO starts at one half and moves the two sides apart") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const RandomPairs answers(12, 9, /*labelled=*/true);
  SilentSinks silent;
  for (const AnswerLoss loss : {AnswerLoss::kto, AnswerLoss::apo_zero_unpaired}) {
    auto settings = settings_for<KtoSettings>(folder, "kto-" + std::to_string(static_cast<int>(loss)));
    settings.loss = loss;
    settings.lora.r = 4;
    settings.max_steps = 12;
    const std::vector<Json> metrics = train(settings, answers, silent.sinks());
    CHECK(metrics.front()["loss"].get<double>() == doctest::Approx(0.5).epsilon(1e-6));
    CHECK(metrics.back()["loss"].get<double>() < 0.49);
    CHECK(metrics.back()["rewards/margins"].get<double>() > 0);
    CHECK(metrics.back()["kl"].get<double>() >= 0);
  }
}

TEST_CASE("held-out pairs that get worse stop a run, with the reason") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const RandomPairs pairs(12, 10), held_out(6, 11);
  StoppingSinks sinks;
  auto settings = settings_for<DpoSettings>(folder, "stopped");
  settings.eval_every = 1;
  settings.max_steps = 40;
  settings.health.max_chosen_drop = 1e-6;
  settings.learning_rate = 0.05;
  std::filesystem::create_directories(settings.output);
  const TrainingSummary summary =
      run_training(settings, dpo_objectives(settings, pairs, &held_out, sinks.sinks()), kRun, sinks.sinks());
  CHECK(summary.is_stopped_early);
  CHECK(summary.steps < 40);
  CHECK(summary.reason_to_stop.find("less likely") != std::string::npos);
}

TEST_CASE("the plan of a preference run is close to what it needs, for every loss, method and reference") {
  const TemporaryFolder folder;
  make_model(folder / "model");
  const RandomPairs pairs(12, 12), answers(12, 13, /*labelled=*/true);
  SilentSinks silent;
  const auto check = [&](const auto& settings, const ObjectiveFactory& make) {
    std::filesystem::create_directories(settings.output);
    const TrainingPlan plan = plan_training(settings, make, /*measures_time=*/false, silent.sinks());
    const TrainingSummary summary = run_training(settings, make, kRun, silent.sinks());
    CHECK(static_cast<double>(plan.peak_bytes) > 0.8 * static_cast<double>(summary.allocator_peak_bytes));
    CHECK(static_cast<double>(plan.peak_bytes) < 1.5 * static_cast<double>(summary.allocator_peak_bytes));
  };
  for (int number = 0; number <= static_cast<int>(PairLoss::orpo); ++number) {
    CAPTURE(number);
    auto settings = settings_for<DpoSettings>(folder, "plan-" + std::to_string(number));
    settings.losses = {static_cast<PairLoss>(number)};
    if (settings.losses[0] == PairLoss::exo_pair) settings.label_smoothing = 1e-3;
    settings.base.method = number % 3 == 0 ? Method::full : number % 3 == 1 ? Method::lora : Method::qlora;
    check(settings, dpo_objectives(settings, pairs, nullptr, silent.sinks()));
  }
  auto kto = settings_for<KtoSettings>(folder, "plan-kto");
  check(kto, kto_objectives(kto, answers, nullptr));
}
