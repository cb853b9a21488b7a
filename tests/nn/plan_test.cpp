// Planned memory against that of the run: bytes counted by the allocator above the loaded model, in configurations that
// differ in everything that memory depends on.
#include "nn/plan.hpp"

#include <doctest/doctest.h>

#include "model_folder.hpp"
#include "sft_runs.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

struct Shape {
  int hidden, feed_forward, layers, heads, kv_heads, vocabulary;
  bool ties;
};

fs::path make_model(const fs::path& folder, const Shape& shape) {
  InitSettings settings;
  settings.hidden_size = shape.hidden;
  settings.intermediate_size = shape.feed_forward;
  settings.layers = shape.layers;
  settings.heads = shape.heads;
  settings.kv_heads = shape.kv_heads;
  settings.vocab_size = shape.vocabulary;
  settings.max_positions = 2048;
  settings.ties_embeddings = shape.ties;
  return write_model(folder, settings);
}

/** Samples of the given numbers of tokens, of which the last `target_share` are trained. */
class SamplesOf final : public SampleSource {
 public:
  SamplesOf(std::vector<int> lengths, double target_share)
      : lengths_(std::move(lengths)), target_share_(target_share) {}
  std::int64_t size() const override { return static_cast<std::int64_t>(lengths_.size()); }
  TokenSample at(std::int64_t index) const override {
    const auto length = static_cast<std::size_t>(lengths_[static_cast<std::size_t>(index)]);
    TokenSample sample;
    for (std::size_t i = 0; i < length; ++i) {
      sample.ids.push_back(static_cast<std::int32_t>((7 * i + static_cast<std::size_t>(index)) % 90));
      sample.is_target.push_back(static_cast<double>(i) >= static_cast<double>(length) * (1 - target_share_));
    }
    return sample;
  }
  std::string content_sha256() const override { return "samples"; }

 private:
  std::vector<int> lengths_;
  double target_share_;
};

struct Case {
  std::string name;
  Shape shape;
  Method method;
  Precision precision;
  int batch_size, accumulation;
  std::vector<int> lengths;
  double target_share;
  std::int64_t eval_every;  // 0: no validation
  bool packs = false;
};

SftSettings settings_of(const fs::path& model, const fs::path& output) {
  fs::create_directories(output);
  SftSettings settings;
  settings.base.model = model;
  settings.base.precision = Precision::fp32;
  settings.base.device = Device::cpu;
  settings.base.threads = 2;
  settings.output = output;
  return settings;
}

const Shape kNarrow{64, 160, 4, 4, 2, 512, true}, kWide{256, 688, 3, 8, 8, 2000, false},
    kWordy{96, 256, 2, 4, 4, 12000, false};

const std::vector<Case> kCases = {
    {"qlora fp32", kNarrow, Method::qlora, Precision::fp32, 4, 4, {40, 90, 200, 33, 71, 128, 64, 20}, 0.5, 0},
    {"qlora bf16", kNarrow, Method::qlora, Precision::bf16, 4, 4, {40, 90, 200, 33, 71, 128, 64, 20}, 0.5, 0},
    {"lora fp32 one long", kWide, Method::lora, Precision::fp32, 2, 2, {40, 90, 900, 33, 71, 128, 64, 20}, 0.3, 1},
    {"lora bf16 one long", kWide, Method::lora, Precision::bf16, 2, 2, {40, 90, 900, 33, 71, 128, 64, 20}, 0.3, 1},
    {"full fp32", kNarrow, Method::full, Precision::fp32, 2, 2, {40, 90, 200, 33, 71, 128, 64, 20}, 0.5, 1},
    {"full bf16", kNarrow, Method::full, Precision::bf16, 2, 2, {40, 90, 200, 33, 71, 128, 64, 20}, 0.5, 0},
    {"full fp32 wide", kWide, Method::full, Precision::fp32, 1, 4, {64, 64, 64, 64, 300}, 1.0, 2},
    {"large vocabulary fp32", kWordy, Method::lora, Precision::fp32, 4, 1, {100, 200, 300, 400, 100, 90}, 1.0, 0},
    {"large vocabulary bf16", kWordy, Method::qlora, Precision::bf16, 4, 1, {100, 200, 300, 400, 100, 90}, 1.0, 0},
    {"large vocabulary full", kWordy, Method::full, Precision::fp32, 1, 2, {100, 200, 300, 400, 100, 90}, 0.2, 1},
    {"evaluation is the most", kNarrow, Method::lora, Precision::fp32, 1, 1, {30, 31, 32, 33}, 1.0, 1},
    {"packed, with noise",
     kWide,
     Method::lora,
     Precision::fp32,
     2,
     2,
     {40, 90, 400, 33, 71, 128, 64, 20, 200, 210},
     0.5,
     0,
     true},
    {"one of many",
     kWide,
     Method::qlora,
     Precision::bf16,
     8,
     2,
     {300, 310, 5, 320, 290, 300, 280, 300, 600, 10, 11, 12},
     0.6,
     2},
};

}  // namespace

// tests/parity/test_plan.py runs the same code over all families and lists the changes that make it fail.
TEST_CASE("the planned memory is within 5 % of what the allocator then counts") {
  const TemporaryFolder folder;
  nn::prepare_outlines();
  for (const Case& item : kCases) {
    CAPTURE(item.name);
    SftSettings settings = settings_of(make_model(folder / "model", item.shape), folder / "out");
    settings.base.method = item.method;
    settings.base.precision = item.precision;
    settings.batch_size = item.batch_size;
    settings.gradient_accumulation = item.accumulation;
    settings.epochs = item.eval_every > 0 ? 2 : 1;
    settings.eval_every = item.eval_every;
    settings.probes = false;  // the run itself is measured
    settings.packs = item.packs;
    if (item.packs) {
      settings.max_length = 512;
      settings.neftune_alpha = 5;
    }
    const SamplesOf train(item.lengths, item.target_share);
    const bool evaluates_most = item.name.starts_with("evaluation");
    const SamplesOf validation(evaluates_most ? std::vector<int>{1500, 1400} : std::vector<int>{50, 60, 40}, 1.0);
    const SampleSource* held_out = item.eval_every > 0 ? &validation : nullptr;
    SilentSinks silent;
    const TrainingPlan plan = nn::plan_sft(settings, train, held_out, /*measures_time=*/false, silent.sinks());
    const TrainingSummary summary = nn::train_sft(settings, train, held_out, Json::object(), silent.sinks());
    const double ratio = static_cast<double>(plan.peak_bytes) / static_cast<double>(summary.allocator_peak_bytes);
    CAPTURE(plan.peak_bytes);
    CAPTURE(summary.allocator_peak_bytes);
    CHECK(ratio > 0.95);
    CHECK(ratio < 1.05);
  }
}

TEST_CASE("a plan draws the micro-batches that the run draws") {
  struct Recorded final : SampleSource {
    const SamplesOf samples{{5, 6, 7, 8, 9, 10, 11}, 0.5};
    mutable std::vector<std::int64_t> drawn;
    std::int64_t size() const override { return samples.size(); }
    TokenSample at(std::int64_t index) const override {
      drawn.push_back(index);
      return samples.at(index);
    }
    std::string content_sha256() const override { return "samples"; }
  } train;
  const TemporaryFolder folder;
  SftSettings settings = settings_of(make_model(folder / "model", kNarrow), folder / "out");
  settings.batch_size = 2;
  settings.gradient_accumulation = 3;
  settings.epochs = 2;
  settings.probes = false;
  SilentSinks silent;
  nn::train_sft(settings, train, nullptr, Json::object(), silent.sinks());
  std::vector<std::int64_t> planned;
  std::vector<bool> has_gradients;
  std::vector<SampleSize> sizes;
  for (std::int64_t i = 0; i < train.size(); ++i) sizes.push_back(train.samples.size_at(i));
  for (const nn::BatchPlan& batch : nn::micro_batches(sizes, settings, false)) {
    planned.insert(planned.end(), batch.samples.begin(), batch.samples.end());
    has_gradients.push_back(batch.has_gradients);
  }
  CHECK(planned.size() == 14);
  train.drawn.erase(train.drawn.begin(), train.drawn.begin() + train.size());  // the reading of lengths before the run
  CHECK(planned == train.drawn);
  CHECK(has_gradients == std::vector<bool>{false, true, true, false, false, true, true, false});
}

TEST_CASE("a run with a memory probe ends with the bytes of one without") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model", kNarrow);
  const SamplesOf train({12, 30, 64, 9, 41}, 0.5), validation({20, 30}, 1.0);
  std::uint64_t peaks[2];
  for (const bool probes : {false, true}) {
    SftSettings settings = settings_of(model, folder / (probes ? "probed" : "plain"));
    settings.batch_size = 2;
    settings.gradient_accumulation = 2;
    settings.learning_rate = 1e-2;
    settings.eval_every = 1;
    settings.probes = probes;
    settings.base.max_memory = 1e-3;  // GiB: little enough for the probe to run
    SilentSinks silent;
    peaks[probes] = nn::train_sft(settings, train, &validation, Json::object(), silent.sinks()).allocator_peak_bytes;
  }
  CHECK((read_file(folder / "plain" / "adapter_model.safetensors") ==
         read_file(folder / "probed" / "adapter_model.safetensors")));
  CHECK(static_cast<double>(peaks[1]) == doctest::Approx(static_cast<double>(peaks[0])).epsilon(0.02));
}

TEST_CASE("the automatic batch size fits, the next larger one does not, and the rows per step are unchanged") {
  const TemporaryFolder folder;
  nn::prepare_outlines();
  SftSettings settings = settings_of(make_model(folder / "model", kNarrow), folder / "out");
  const SamplesOf train({100, 120, 90, 100, 110, 80, 120, 100, 100, 100, 100, 100, 100, 100, 100, 100}, 0.5);
  SilentSinks silent;
  const auto plan_of = [&](int batch_size, int accumulation, double max_memory) {
    settings.batch_size = batch_size;
    settings.gradient_accumulation = accumulation;
    settings.base.max_memory = max_memory;
    return nn::plan_sft(settings, train, nullptr, /*measures_time=*/false, silent.sinks());
  };
  const auto needed = [&](int batch_size, int accumulation) {
    const TrainingPlan plan = plan_of(batch_size, accumulation, 0);
    return static_cast<double>(plan.model_bytes + plan.peak_bytes + plan.overhead_bytes) / (1 << 30);
  };
  const double one = needed(1, 16), four = needed(4, 4), eight = needed(8, 2);
  CHECK(one < four);
  CHECK(four < eight);
  const TrainingPlan found = plan_of(0, 4, (four + eight) / 2);
  CHECK(found.fits);
  CHECK(found.batch_size == 4);
  CHECK(found.gradient_accumulation == 4);
  CHECK(found.steps == 3);
  CHECK(plan_of(0, 4, 2 * eight * 16).batch_size == 16);
  const TrainingPlan odd = plan_of(0, 3, (four + eight) / 2);
  CHECK(odd.batch_size * odd.gradient_accumulation == 12);

  const TrainingPlan large = plan_of(8, 2, (four + eight) / 2);
  CHECK(!large.fits);
  REQUIRE(large.remedies.size() == 1);
  CHECK(large.remedies[0].batch_size == 4);
  CHECK(large.remedies[0].gradient_accumulation == 4);
  CHECK(!large.remedies[0].max_length.has_value());
  const TrainingPlan tight = plan_of(0, 4, one - 0.1 * (four - one));
  CHECK(!tight.fits);
  REQUIRE(!tight.remedies.empty());
  CHECK(tight.remedies[0].batch_size == 1);
  CHECK(tight.remedies[0].gradient_accumulation == 16);
  CHECK(tight.remedies[0].max_length == 60);
}
