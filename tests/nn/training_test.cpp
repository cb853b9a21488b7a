// The training loop end to end on a small model: the loss of a step, checkpoints, resuming, and stopping.
#include <doctest/doctest.h>

#include <cmath>

#include "model/safetensors.hpp"
#include "model_folder.hpp"
#include "nn/order.hpp"
#include "run_files.hpp"
#include "sft_runs.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

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

TrainingSummary train(const SftSettings& settings, const SampleSource& samples,
                      const SampleSource* validation = nullptr) {
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

TEST_CASE("an optimizer step is the same however it is split into micro-batches") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(8, 1);
  const auto run = [&](const std::string& name, int batch_size, int accumulation, bool packs = false) {
    SftSettings settings = settings_of(model, folder / name);
    settings.packs = packs;
    settings.max_length = 64;
    settings.lora.dropout = 0;
    settings.batch_size = batch_size;
    settings.gradient_accumulation = accumulation;
    settings.epochs = 3;
    settings.log_every = 1;
    settings.learning_rate = 1e-3;
    return train(settings, samples);
  };
  const TrainingSummary whole = run("8x1", 8, 1), parts = run("4x2", 4, 2), single = run("1x8", 1, 8);
  // Packed into rows of up to 64 tokens: fewer forward passes over the same sequences, each alone in its attention.
  CHECK(run("packed", 1, 8, /*packs=*/true).seen_tokens == single.seen_tokens);
  CHECK(whole.steps == 3);
  CHECK(parts.steps == 3);
  CHECK(whole.final_loss == doctest::Approx(single.final_loss).epsilon(1e-5));
  // Adam divides by the size of the gradient, so rounding matters where the gradient is near zero: three steps change a
  // value by at most 3e-3.
  const auto norms = [&](const std::string& name) {
    std::vector<double> list;
    LineReader lines(folder / name / "metrics.jsonl");
    while (const auto line = lines.next()) list.push_back(parse_json(*line, "metrics.jsonl").at("grad_norm"));
    return list;
  };
  REQUIRE(norms("8x1").size() == 3);
  for (std::size_t i = 0; i < 3; ++i)  // Adam and clipping hide a wrong factor; the norm does not
    for (const char* other : {"4x2", "1x8", "packed"})
      CHECK(norms("8x1")[i] == doctest::Approx(norms(other)[i]).epsilon(1e-4));
  CHECK(difference(folder / "8x1", folder / "4x2") < 3e-5);
  CHECK(difference(folder / "8x1", folder / "1x8") < 3e-5);
  CHECK(difference(folder / "8x1", folder / "packed") < 3e-5);
}

TEST_CASE("every row is drawn once per epoch, and a packed row has at most max_length tokens") {
  const std::vector<std::int64_t> lengths{30, 12, 64, 5, 40, 22, 9, 33, 17, 28, 51};
  for (const bool packs : {false, true}) {
    for (const bool groups : {false, true}) {
      CAPTURE(packs);
      CAPTURE(groups);
      SftSettings settings;
      settings.packs = packs;
      settings.groups_by_length = groups;
      settings.max_length = 64;
      settings.batch_size = settings.gradient_accumulation = 1;
      nn::DataOrder order(lengths, settings);
      CHECK((order.num_rows() == 11) != packs);
      nn::DataPosition position;
      std::vector<std::vector<std::int64_t>> orders;
      for (int epoch = 0; epoch < 2; ++epoch) {
        std::vector<std::int64_t>& drawn = orders.emplace_back();
        for (std::int64_t row = 0; row < order.num_rows(); ++row) {
          const auto batches = order.next_step(position);
          REQUIRE(batches.size() == 1);
          std::int64_t tokens = 0;
          for (const std::int64_t sample : batches[0]) {
            tokens += lengths[static_cast<std::size_t>(sample)];
            drawn.push_back(sample);
          }
          CHECK(tokens <= 64);
        }
        std::vector<std::int64_t> sorted = drawn;
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t i = 0; i < lengths.size(); ++i) CHECK(sorted[i] == static_cast<std::int64_t>(i));
      }
      CHECK(orders[0] != orders[1]);
    }
  }
}

TEST_CASE("a checkpoint requested by a signal changes nothing else") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(18, 3);
  train(settings_of(model, folder / "whole"), samples);
  SftSettings settings = settings_of(model, folder / "asked");
  settings.save_every = 0;
  StoppingSinks sinks;
  sinks.stop.request_checkpoint();
  nn::train_sft(settings, samples, nullptr, Json::object(), sinks.sinks());
  CHECK(checkpoints(folder / "asked") ==
        std::vector<std::string>{"checkpoint-10"});  // that of step 1 was removed after a newer one was written
  CHECK((read_file(folder / "asked" / "adapter_model.safetensors") ==
         read_file(folder / "whole" / "adapter_model.safetensors")));
}

TEST_CASE("training memorizes its samples, and its outputs are complete") {
  const TemporaryFolder folder;
  const RandomSamples samples(8, 2);
  SftSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  settings.epochs = 40;
  settings.lora.targets = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
  settings.lora.r = 8;
  const TrainingSummary summary = train(settings, samples, &samples);
  CHECK(summary.steps == 80);
  CHECK(summary.final_loss < summary.first_loss / 2);
  CHECK(fs::exists(folder / "out" / "adapter_config.json"));
  CHECK(checkpoints(folder / "out").size() <= 3);  // keep 2, and the best
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
  const TrainingSummary summary = train(settings, samples);
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

TEST_CASE("stopped at any step and resumed: the same adapter and metrics as without interruption") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(18, 3), validation(5, 4);  // 9 micro-batches per epoch: the last step is shorter
  const TrainingSummary whole = train(settings_of(model, folder / "whole"), samples, &validation);
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
    const TrainingSummary resumed = train(settings, samples, &validation);
    CHECK(
        (read_file(output / "adapter_model.safetensors") == read_file(folder / "whole" / "adapter_model.safetensors")));
    CHECK(metrics_without_measured(output) == metrics_without_measured(folder / "whole"));
    CHECK(checkpoints(output) == checkpoints(folder / "whole"));
    CHECK(resumed.best_step == whole.best_step);
    CHECK(resumed.seen_tokens == whole.seen_tokens);
  }
}

TEST_CASE(
    "a checkpoint that is truncated, altered in one bit, or lacks a file is skipped with a warning; the one before it "
    "is used") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(18, 3);
  train(settings_of(model, folder / "whole"), samples);
  const auto damage = [&](const std::string& name, const std::function<void(const fs::path& checkpoint)>& work) {
    CAPTURE(name);
    SftSettings settings = settings_of(model, folder / name);
    train(settings, samples);
    work(folder / name / "checkpoint-10");
    fs::create_directory(folder / name / ".checkpoint-12");  // killed while it was written
    fs::remove(folder / name / "adapter_model.safetensors");
    settings.resume = true;
    StoppingSinks sinks;
    nn::train_sft(settings, samples, nullptr, Json{{"options", {{"seed", settings.seed}}}}, sinks.sinks());
    CHECK(sinks.log.text.find("checkpoint-10") != std::string::npos);
    CHECK(sinks.log.text.find("checkpoint-8") == std::string::npos);
    CHECK((read_file(folder / name / "adapter_model.safetensors") ==
           read_file(folder / "whole" / "adapter_model.safetensors")));
    CHECK(metrics_without_measured(folder / name) == metrics_without_measured(folder / "whole"));
    CHECK(!fs::exists(folder / name / ".checkpoint-12"));
  };
  damage("truncated", [](const fs::path& checkpoint) {
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

TEST_CASE("a checkpoint of another version is an error") {
  const TemporaryFolder folder;
  SftSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  const RandomSamples samples(8, 3);
  train(settings, samples);
  const fs::path path = folder / "out" / "checkpoint-4" / "manifest.json";
  Json manifest = parse_json(read_file(path), "manifest.json");
  manifest["state"].erase("row");
  manifest.erase("sha256");
  manifest["sha256"] = sha256_of(manifest.dump());
  write_file(path, manifest.dump());
  settings.resume = true;
  CHECK(error_of([&] { train(settings, samples); }).find("written by another version") != std::string::npos);
}

TEST_CASE("resuming with other data or options is an error that names the difference") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  SftSettings settings = settings_of(model, folder / "out");
  const RandomSamples samples(8, 3), others(8, 4);
  train(settings, samples);
  settings.resume = true;
  CHECK(error_of([&] { train(settings, others); }).find("training data") != std::string::npos);
  settings.seed = 7;
  CHECK(error_of([&] { train(settings, samples); }).find("`seed` was 42") != std::string::npos);
}

TEST_CASE("each optimizer: an interrupted and resumed run ends with the bytes of an uninterrupted one") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(18, 3), validation(5, 4);
  struct Case {
    const char* name;
    OptimizerSettings optimizer;
    AdapterType type = AdapterType::fp32;
    double learning_rate = 1e-2;
    bool uses_dora = false;  // its magnitudes stay fp32 with bf16 matrices
  };
  for (const Case& tried :
       {Case{"adamw-bf16", {}, AdapterType::bf16}, Case{"adamw-bf16-dora", {}, AdapterType::bf16, 1e-2, true},
        Case{
            "adamw-8bit-dora", {.kind = OptimizerKind::adamw_8bit, .weight_decay = 0.1}, AdapterType::fp32, 1e-2, true},
        Case{"adafactor", {.kind = OptimizerKind::adafactor}},
        Case{"adafactor-bf16", {.kind = OptimizerKind::adafactor}, AdapterType::bf16},
        Case{"sgd", {.kind = OptimizerKind::sgd}, AdapterType::fp32, 1},
        Case{"sgd-momentum",
             {.kind = OptimizerKind::sgd, .momentum = 0.9, .loraplus_ratio = 4},
             AdapterType::fp32,
             0.1}}) {
    const std::string name = tried.name;
    CAPTURE(name);
    const auto settings_with = [&](const std::string& output) {
      SftSettings settings = settings_of(model, folder / output);
      settings.learning_rate = tried.learning_rate;
      settings.optimizer = tried.optimizer;
      settings.adapter_type = tried.type;
      settings.lora.uses_dora = tried.uses_dora;
      settings.lora.r = 128;  // 128 · 32 elements: enough for states of 8 bits
      return settings;
    };
    const TrainingSummary whole = train(settings_with(name), samples, &validation);
    CHECK(whole.final_loss < whole.first_loss);
    for (const std::int64_t stop_step : {1, 5}) {
      SftSettings settings = settings_with(name + "-" + std::to_string(stop_step));
      StoppingSinks stopping(stop_step);
      const Json run{{"options", {{"seed", settings.seed}}}};
      CHECK_THROWS_AS(nn::train_sft(settings, samples, &validation, run, stopping.sinks()), Interrupted);
      settings.resume = true;
      train(settings, samples, &validation);
      CHECK((read_file(settings.output / "adapter_model.safetensors") ==
             read_file(folder / name / "adapter_model.safetensors")));
      CHECK(metrics_without_measured(settings.output) == metrics_without_measured(folder / name));
    }
  }
}

TEST_CASE("LoRA+ multiplies the update of B by its ratio and does not change that of A") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(8, 3);
  const auto after_one_step = [&](const std::string& name, double ratio) {
    SftSettings settings = settings_of(model, folder / name);
    settings.optimizer.loraplus_ratio = ratio;
    settings.max_steps = 1;
    settings.learning_rate = 1e-3;
    train(settings, samples);
    const SafetensorsFile file(folder / name / "adapter_model.safetensors");
    std::pair<double, double> largest{0, 0};  // of A, of B; B begins at 0
    for (const auto& [tensor, view] : file.tensors())
      for (const float value : to_float32(view, tensor))
        (tensor.find("lora_B") != std::string::npos ? largest.second : largest.first) = std::max<double>(
            tensor.find("lora_B") != std::string::npos ? largest.second : largest.first, std::fabs(value));
    return largest;
  };
  const auto same = after_one_step("same", 0), faster = after_one_step("faster", 8);
  CHECK(faster.second == doctest::Approx(8 * same.second).epsilon(1e-4));
  CHECK(faster.first == same.first);
}

TEST_CASE(
    "early stopping: resumed from any step it stops at the same one, and resuming a finished run changes nothing") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const RandomSamples samples(18, 3), validation(5, 4);
  const auto settings_with = [&](const std::string& name) {
    SftSettings settings = settings_of(model, folder / name);
    settings.eval_every = 1;
    settings.early_stopping = 2;
    settings.early_stopping_threshold = 1e9;  // no evaluation is an improvement
    return settings;
  };
  const TrainingSummary whole = train(settings_with("whole"), samples, &validation);
  CHECK(whole.is_stopped_early);
  CHECK(whole.steps == 3);  // the first evaluation is always the best so far
  CHECK(checkpoints(folder / "whole").back() == "checkpoint-3");
  for (const std::int64_t stop_step : {1, 2}) {
    SftSettings settings = settings_with(std::to_string(stop_step));
    StoppingSinks stopping(stop_step);
    const Json run{{"options", {{"seed", settings.seed}}}};
    CHECK_THROWS_AS(nn::train_sft(settings, samples, &validation, run, stopping.sinks()), Interrupted);
    settings.resume = true;
    for (int again = 0; again < 2; ++again) {
      const TrainingSummary resumed = train(settings, samples, &validation);
      CHECK(resumed.steps == 3);
      CHECK(resumed.is_stopped_early);
      CHECK((read_file(settings.output / "adapter_model.safetensors") ==
             read_file(folder / "whole" / "adapter_model.safetensors")));
      CHECK(metrics_without_measured(settings.output) == metrics_without_measured(folder / "whole"));
      CHECK(checkpoints(settings.output) == checkpoints(folder / "whole"));
    }
  }
}

namespace {

/** The lines of nan-batch.jsonl. */
std::vector<Json> nonfinite_lines(const fs::path& output) {
  std::vector<Json> list;
  LineReader lines(output / "nan-batch.jsonl");
  while (const auto line = lines.next()) list.push_back(parse_json(*line, "nan-batch.jsonl"));
  return list;
}

}  // namespace

TEST_CASE("fp16: steps with overflowing gradients are skipped, others train as in fp32; resuming is exact") {
  class OneTarget final
      : public SampleSource {  // the gradient of a mean over one target, times 65,536, is too large for fp16
   public:
    std::int64_t size() const override { return samples_.size(); }
    TokenSample at(std::int64_t index) const override {
      TokenSample sample = samples_.at(index);
      std::fill(sample.is_target.begin(), sample.is_target.end() - 1, 0);
      return sample;
    }
    std::string content_sha256() const override { return "one target"; }

   private:
    RandomSamples samples_{6, 3};
  };
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const OneTarget samples;
  const auto settings_with = [&](const std::string& name, Precision precision) {
    SftSettings settings = settings_of(model, folder / name);
    settings.base.precision = precision;
    settings.batch_size = 1;
    settings.gradient_accumulation = 1;
    settings.epochs = 20;
    settings.log_every = 1;
    return settings;
  };
  const TrainingSummary half = train(settings_with("fp16", Precision::fp16), samples);
  const TrainingSummary single = train(settings_with("fp32", Precision::fp32), samples);
  CHECK(half.final_loss < half.first_loss / 2);
  CHECK(half.first_loss == doctest::Approx(single.first_loss).epsilon(1e-2));
  const Json state =
      parse_json(read_file(folder / "fp16" / "checkpoint-120" / "manifest.json"), "manifest.json").at("state");
  const std::int64_t optimizer_steps = state.at("optimizer_steps");
  CHECK(optimizer_steps < half.steps);        // some were skipped,
  CHECK(optimizer_steps >= half.steps - 16);  // at most one for each halving from 65,536 to 1
  CHECK(std::strtod(state.at("loss_scale").get<std::string>().c_str(), nullptr) ==
        std::ldexp(65536, static_cast<int>(optimizer_steps - half.steps)));
  for (const std::int64_t stop_step : {1, 7}) {
    SftSettings settings = settings_with("stopped-" + std::to_string(stop_step), Precision::fp16);
    StoppingSinks stopping(stop_step);
    CHECK_THROWS_AS(
        nn::train_sft(settings, samples, nullptr, Json{{"options", {{"seed", settings.seed}}}}, stopping.sinks()),
        Interrupted);
    CHECK(stopping.log.text.find("fp16 is slow on a CPU") != std::string::npos);
    settings.resume = true;
    train(settings, samples);
    CHECK((read_file(settings.output / "adapter_model.safetensors") ==
           read_file(folder / "fp16" / "adapter_model.safetensors")));
    CHECK(metrics_without_measured(settings.output) == metrics_without_measured(folder / "fp16"));
  }
}

TEST_CASE(
    "a learning rate of 1e9 ends the run in the step whose loss or gradient is not finite, with its batch written "
    "out") {
  const TemporaryFolder folder;
  SftSettings settings = settings_of(make_model(folder / "model"), folder / "out");
  settings.learning_rate = 1e9;
  settings.max_grad_norm = 0;
  settings.save_every = 1;
  settings.epochs = 20;
  const RandomSamples samples(18, 3);
  const std::string words = error_of([&] { train(settings, samples); });
  CAPTURE(words);
  CHECK(words.find("step ") == 0);
  CHECK(words.find("nan-batch.jsonl") != std::string::npos);
  const auto step = static_cast<std::int64_t>(std::stoll(words.substr(5)));
  CHECK(checkpoints(folder / "out").back() == "checkpoint-" + std::to_string(step - 1));
  CHECK(!fs::exists(folder / "out" / "adapter_model.safetensors"));
  CHECK((fs::status(folder / "out" / "nan-batch.jsonl").permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  for (const Json& line : nonfinite_lines(folder / "out")) {
    CHECK(line.at("step") == step);
    const TokenSample sample = samples.at(line.at("sample"));
    CHECK(line.at("ids").get<std::vector<std::int32_t>>() == sample.ids);
    CHECK(line.at("is_target").size() == sample.ids.size());
  }
  // The next run, at a working rate, leaves none.
  settings.learning_rate = 1e-3;
  settings.epochs = 1;
  train(settings, samples);
  CHECK(!fs::exists(folder / "out" / "nan-batch.jsonl"));
}

TEST_CASE("a NaN weight is found in the first step that uses it, and by the evaluation") {
  const TemporaryFolder folder;
  const fs::path model = make_model(folder / "model");
  const std::int32_t word = 5;
  {
    const SafetensorsFile file(model / "model.safetensors");
    std::vector<TensorToWrite> tensors;
    for (const auto& [name, view] : file.tensors()) {
      std::vector<float> values = to_float32(view, name);
      if (name == "model.embed_tokens.weight") values[static_cast<std::size_t>(word * view.shape[1])] = std::nanf("");
      TensorToWrite item{name, TensorType::f32, view.shape, {}};
      item.produce = [values](const auto& write) { write(values.data(), values.size() * sizeof(float)); };
      tensors.push_back(std::move(item));
    }
    AtomicFile written = write_safetensors(folder / "model.safetensors", tensors);
    written.commit();
  }
  fs::rename(folder / "model.safetensors", model / "model.safetensors");
  const auto has_word = [&](const TokenSample& sample) {  // where a target comes after it
    const auto found = std::find(sample.ids.begin(), sample.ids.end() - 1, word);
    return found != sample.ids.end() - 1;
  };
  RandomSamples samples(18, 3), validation(30, 4);
  SftSettings settings = settings_of(model, folder / "out");
  settings.shuffle = false;
  std::int64_t first = 0;
  while (!has_word(samples.at(first))) ++first;
  const std::string words = error_of([&] { train(settings, samples); });
  CAPTURE(words);
  CHECK(words.find("step " + std::to_string(first / 4 + 1) + ": the loss of micro-batch " +
                   std::to_string(first % 4 / 2 + 1) + " is NaN") == 0);
  const std::vector<Json> lines = nonfinite_lines(folder / "out");
  CHECK(lines.size() == 4);
  for (const Json& line : lines) {
    CHECK(line.at("sample").get<std::int64_t>() / 4 == first / 4);
    CHECK(line.at("micro_batch").get<std::int64_t>() == line.at("sample").get<std::int64_t>() % 4 / 2);
    CHECK(line.at("loss").is_null() == has_word(samples.at(line.at("sample"))));
  }
  // The training samples do not contain it, the validation data do.
  std::int64_t other_seed = 100;
  const auto lacks_word = [&](const RandomSamples& data) {
    for (std::int64_t i = 0; i < data.size(); ++i)
      if (has_word(data.at(i))) return false;
    return true;
  };
  while (!lacks_word(RandomSamples(4, static_cast<std::uint64_t>(other_seed)))) ++other_seed;
  settings.eval_every = 1;
  settings.max_steps = 1;
  const std::string of_validation =
      error_of([&] { train(settings, RandomSamples(4, static_cast<std::uint64_t>(other_seed)), &validation); });
  CAPTURE(of_validation);
  CHECK(of_validation.find("step 1: the validation loss is NaN") == 0);
  std::int64_t num_null = 0;
  for (const Json& line : nonfinite_lines(folder / "out")) num_null += line.at("loss").is_null();
  CHECK(num_null > 0);
}
