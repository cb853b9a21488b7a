// The training loop end to end on a small model: the window's loss, checkpoints, resuming, and stopping.
#include <doctest/doctest.h>

#include <cmath>
#include <csignal>

#include "model_folder.hpp"
#include "model/safetensors.hpp"
#include "nn/sft.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

/** Sinks that stop the run when the progress shows `stop_step`, and keep warnings. */
struct StoppingSinks {
  struct KeepLog final : Log {
    std::string text;
    void write(Level level, std::string_view message) override {
      if (level >= Level::warning) text += std::string(message) + "\n";
    }
  } log;
  struct StopProgress final : Progress {
    StopFlag* stop = nullptr;
    std::int64_t stop_step = -1;
    void update(const ProgressPoint& point) override {
      if (point.unit == "step" && point.done == stop_step) stop->set(SIGTERM);
    }
    void finish() override {}
  } progress;
  StopFlag stop;
  explicit StoppingSinks(std::int64_t stop_step = -1) {
    progress.stop = &stop;
    progress.stop_step = stop_step;
  }
  Sinks sinks() { return {log, progress, stop}; }
};

SftSettings settings_of(const fs::path& model, const fs::path& output) {
  fs::create_directories(output);
  SftSettings settings;
  settings.base.model = model;
  settings.base.precision = Precision::fp32;
  settings.base.device = Device::cpu;
  settings.base.threads = 1;
  settings.output = output;
  settings.lora.r = 4;
  settings.lora.dropout = 0.1;
  settings.batch_size = 2;
  settings.gradient_accumulation = 2;
  settings.learning_rate = 1e-2;
  settings.epochs = 2;
  settings.log_every = 2;
  settings.eval_every = 3;
  settings.save_every = 2;
  settings.keep = 2;
  return settings;
}

SftSummary train(const SftSettings& settings, const SampleSource& samples, const SampleSource* validation = nullptr) {
  StoppingSinks sinks;
  return nn::train_sft(settings, samples, validation, Json{{"options", {{"seed", settings.seed}}}}, sinks.sinks());
}

/** Largest difference of two adapters' tensors. */
double difference(const fs::path& a, const fs::path& b) {
  const SafetensorsFile first(a / "adapter_model.safetensors"), second(b / "adapter_model.safetensors");
  double worst = 0;
  for (const auto& [name, view] : first.tensors()) {
    const auto x = to_float32(view, name), y = to_float32(second.tensors().at(name), name);
    for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::fabs(static_cast<double>(x[i]) - y[i]));
  }
  return worst;
}

std::string metrics_without_measured(const fs::path& output) {
  std::string text;
  LineReader lines(output / "metrics.jsonl");
  while (const auto line = lines.next()) {
    Json json = parse_json(*line, "metrics.jsonl");
    json.erase("measured");
    text += json.dump() + "\n";
  }
  return text;
}

std::vector<std::string> checkpoints(const fs::path& output) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(output))
    if (entry.is_directory()) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("one window gives the same update however it is cut into micro-batches") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(8, 1);
  const auto run = [&](const std::string& name, int batch_size, int accumulation) {
    SftSettings settings = settings_of(model, folder / name);
    settings.lora.dropout = 0;
    settings.batch_size = batch_size;
    settings.gradient_accumulation = accumulation;
    settings.epochs = 3;
    settings.log_every = 1;
    settings.learning_rate = 1e-3;
    return train(settings, samples);
  };
  const SftSummary whole = run("8x1", 8, 1), parts = run("4x2", 4, 2), single = run("1x8", 1, 8);
  CHECK(whole.steps == 3);
  CHECK(parts.steps == 3);
  CHECK(whole.final_loss == doctest::Approx(single.final_loss).epsilon(1e-5));
  // Adam divides by the gradient's size, so rounding shows where the gradient is near zero: three updates move at most 3e-3.
  const auto norms = [&](const std::string& name) {
    std::vector<double> list;
    LineReader lines(folder / name / "metrics.jsonl");
    while (const auto line = lines.next()) list.push_back(parse_json(*line, "metrics.jsonl").at("grad_norm"));
    return list;
  };
  REQUIRE(norms("8x1").size() == 3);
  for (std::size_t i = 0; i < 3; ++i)   // Adam and clipping hide a wrong factor; the norm does not
    for (const char* other : {"4x2", "1x8"}) CHECK(norms("8x1")[i] == doctest::Approx(norms(other)[i]).epsilon(1e-4));
  CHECK(difference(folder / "8x1", folder / "4x2") < 3e-5);
  CHECK(difference(folder / "8x1", folder / "1x8") < 3e-5);
}

TEST_CASE("training learns by heart, and its outputs are complete") {
  const TemporaryFolder folder;
  const RandomSamples samples(8, 2);
  SftSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  settings.epochs = 40;
  settings.lora.targets = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
  settings.lora.r = 8;
  const SftSummary summary = train(settings, samples, &samples);
  CHECK(summary.steps == 80);
  CHECK(summary.final_loss < summary.first_loss / 2);
  CHECK(fs::exists(folder / "out" / "adapter_config.json"));
  CHECK(checkpoints(folder / "out").size() <= 3);   // keep 2, and the best
  CHECK(summary.best_eval_loss < summary.first_loss / 2);
  CHECK(summary.seen_tokens > summary.trained_tokens);
}

TEST_CASE("full training moves every weight and writes a model that loads") {
  const TemporaryFolder folder;
  const RandomSamples samples(8, 2);
  SftSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  settings.base.method = Method::full;
  settings.epochs = 30;
  settings.learning_rate = 3e-3;
  const SftSummary summary = train(settings, samples);
  CHECK(summary.final_loss < summary.first_loss / 4);
  const SafetensorsFile before(folder / "model" / "model.safetensors"), after(folder / "out" / "model.safetensors");
  CHECK(before.tensors().size() == after.tensors().size());
  for (const auto& [name, view] : before.tensors())
    CHECK_MESSAGE(to_float32(view, name) != to_float32(after.tensors().at(name), name), name);
  settings.base.model = folder / "out";
  settings.output = folder / "again";
  fs::create_directory(settings.output);
  CHECK(train(settings, samples).first_loss < summary.first_loss / 2);
}

TEST_CASE("stopped at any step and resumed: the same adapter and metrics as undisturbed") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(18, 3), validation(5, 4);   // 9 micro-batches an epoch: the last window is shorter
  const SftSummary whole = train(settings_of(model, folder / "whole"), samples, &validation);
  CHECK(whole.steps == 10);
  for (const std::int64_t stop_step : {1, 3, 4, 5, 9}) {
    CAPTURE(stop_step);
    const fs::path output = folder / ("stopped-" + std::to_string(stop_step));
    SftSettings settings = settings_of(model, output);
    const Json run{{"options", {{"seed", settings.seed}}}};
    StoppingSinks stopping(stop_step);
    CHECK_THROWS_AS(nn::train_sft(settings, samples, &validation, run, stopping.sinks()), Interrupted);
    CHECK(fs::exists(output / ("checkpoint-" + std::to_string(stop_step))));
    settings.resume = true;
    const SftSummary resumed = train(settings, samples, &validation);
    CHECK((read_file(output / "adapter_model.safetensors") == read_file(folder / "whole" / "adapter_model.safetensors")));
    CHECK(metrics_without_measured(output) == metrics_without_measured(folder / "whole"));
    CHECK(checkpoints(output) == checkpoints(folder / "whole"));
    CHECK(resumed.best_step == whole.best_step);
    CHECK(resumed.seen_tokens == whole.seen_tokens);
  }
}

TEST_CASE("a checkpoint that is cut, altered in one bit, or lacks a file is skipped with a word; the one before it is used") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(18, 3);
  train(settings_of(model, folder / "whole"), samples);
  const auto damage = [&](const std::string& name, const std::function<void(const fs::path& checkpoint)>& work) {
    CAPTURE(name);
    SftSettings settings = settings_of(model, folder / name);
    train(settings, samples);
    work(folder / name / "checkpoint-10");
    fs::create_directory(folder / name / ".checkpoint-12");   // killed while it was written
    fs::remove(folder / name / "adapter_model.safetensors");
    settings.resume = true;
    StoppingSinks sinks;
    nn::train_sft(settings, samples, nullptr, Json{{"options", {{"seed", settings.seed}}}}, sinks.sinks());
    CHECK(sinks.log.text.find("checkpoint-10") != std::string::npos);
    CHECK(sinks.log.text.find("checkpoint-8") == std::string::npos);
    CHECK((read_file(folder / name / "adapter_model.safetensors") == read_file(folder / "whole" / "adapter_model.safetensors")));
    CHECK(metrics_without_measured(folder / name) == metrics_without_measured(folder / "whole"));
    CHECK(!fs::exists(folder / name / ".checkpoint-12"));
  };
  damage("cut", [](const fs::path& checkpoint) {
    const std::string bytes = read_file(checkpoint / "optimizer.safetensors");
    write_file(checkpoint / "optimizer.safetensors", bytes.substr(0, bytes.size() / 2));
  });
  damage("altered", [](const fs::path& checkpoint) {
    std::string bytes = read_file(checkpoint / "parameters.safetensors");
    bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 4);
    write_file(checkpoint / "parameters.safetensors", bytes);
  });
  damage("incomplete", [](const fs::path& checkpoint) { fs::remove(checkpoint / "optimizer.safetensors"); });
  damage("without-manifest", [](const fs::path& checkpoint) {
    const std::string bytes = read_file(checkpoint / "manifest.json");
    write_file(checkpoint / "manifest.json", bytes.substr(0, bytes.size() - 20));
  });
}

TEST_CASE("a resumed run with other data or options is refused by name") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  SftSettings settings = settings_of(model, folder / "out");
  const RandomSamples samples(8, 3), others(8, 4);
  train(settings, samples);
  settings.resume = true;
  CHECK(error_of([&] { train(settings, others); }).find("training data") != std::string::npos);
  settings.seed = 7;
  CHECK(error_of([&] { train(settings, samples); }).find("--seed was 42") != std::string::npos);
}

TEST_CASE("a loss that is no number ends the run, names the step, and keeps the last checkpoint") {
  const TemporaryFolder folder;
  SftSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  settings.learning_rate = 1e30;
  settings.max_grad_norm = 0;
  settings.save_every = 1;
  const RandomSamples samples(18, 3);
  const std::string words = error_of([&] { train(settings, samples); });
  CHECK(words.find("step ") == 0);
  CHECK(!checkpoints(folder / "out").empty());
  CHECK(!fs::exists(folder / "out" / "adapter_model.safetensors"));
}
