// The Engine over lib/nn, where c10::Error becomes intelia::Error.
#include "nn/engine.hpp"

#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <torch/version.h>

#include <filesystem>
#include <optional>

#include "nn/adapter.hpp"
#include "nn/dpo.hpp"
#include "nn/generate.hpp"
#include "nn/kto.hpp"
#include "nn/memory.hpp"
#include "nn/quantize.hpp"
#include "nn/scoring.hpp"
#include "nn/sft.hpp"
#include "nn/weights.hpp"
#include "record/json.hpp"

namespace intelia::nn {

namespace {

constexpr const char* kSmallerBatches = "lower `batch_size` or `max_length`";
constexpr const char* kMoreMemory = "the model needs more memory than this process may use (see ulimit -v)";

/** The Error for an exception of libtorch or the system; `remedy`: what to do when out of memory. */
Error to_error(const char* what, const std::exception& error, const char* remedy) {
  const std::string where = std::string(what) + ": ";
  if (is_out_of_memory(error)) return {Kind::io, where + "out of memory; " + remedy};
  if (const auto* torch = dynamic_cast<const c10::Error*>(&error)) {
    const std::string message = torch->what_without_backtrace();
    return {Kind::internal, where + "libtorch: " + message.substr(0, message.find('\n'))};
  }
  if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&error))
    return {Kind::io, where + "'" + file->path1().string() + "': " + file->code().message()};
  return {Kind::internal, where + error.what()};
}

/** Runs `work`; any exception leaves as intelia::Error. */
template <class Work>
auto guarded(const char* what, Work&& work, const char* remedy = kSmallerBatches) -> decltype(work()) {
  try {
    return work();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw to_error(what, error, remedy);
  }
}

class Loaded final : public LoadedModel {
 public:
  Loaded(ModelSettings settings, Sinks sinks) : is_nf4_(settings.method == Method::qlora) {
    if (settings.retains_memory) retention_.emplace();
    if (settings.method == Method::full) settings.method = Method::lora;  // the model is not trained here
    model_ = load_model(settings, sinks);
    if (!settings.adapter.empty()) load_adapter(model_, settings.adapter);
    if (settings.keeps_keys) kept_.emplace(model_);
  }
  std::int64_t vocabulary_size() const override { return model_.config.vocab_size; }
  std::int64_t context_length() const override { return intelia::context_length(model_.config); }
  std::string description() const override {
    return fmt::format("{}, {:.1f} M parameters, {}{}", model_.config.model_type,
                       static_cast<double>(num_parameters(model_.config)) / 1e6, is_nf4_ ? "NF4, " : "",
                       model_.placement.description());
  }
  std::vector<SampleLoss> score(std::span<const TokenSample> batch, bool use_adapter) override {
    const HeapRetention retention;
    return guarded("scoring", [&] { return score_samples(model_, batch, use_adapter); });
  }
  std::vector<GeneratedTokens> generate(std::span<const GenerationRequest> requests, const SamplingSettings& sampling,
                                        bool use_adapter, const StopFlag& stop) override {
    const HeapRetention retention;
    return guarded("generation", [&] { return nn::generate(model_, requests, sampling, use_adapter, stop); });
  }
  void generate(GenerationClient& client, const SamplingSettings& sampling, int batch_size,
                const StopFlag& stop) override {
    const HeapRetention retention;
    const StopScope scope(model_, stop);
    guarded("generation", [&] { nn::generate(model_, client, sampling, batch_size, stop, kept_ ? &*kept_ : nullptr); });
  }
  std::vector<float> logits(std::span<const std::int32_t> ids, bool use_adapter) override {
    const HeapRetention retention;
    return guarded("logits", [&] {
      const torch::autograd::AutoGradMode without_gradient(false);
      const TokenBatch batch = make_batch(model_, {{ids.begin(), ids.end()}});
      const Pass pass{.uses_adapter = use_adapter};
      const Tensor hidden = model_.hidden(batch, pass);
      const Tensor values = model_.logits(hidden, pass).to(at::kFloat).to(at::kCPU).contiguous();
      return std::vector<float>(values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel());
    });
  }

 private:
  /** While it exists, a pass through `model` stops at the next layer when the flag is set. */
  class StopScope {
   public:
    StopScope(Decoder& model, const StopFlag& stop) : model_(model) { model_.stop = &stop; }
    ~StopScope() { model_.stop = nullptr; }
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

   private:
    Decoder& model_;
  };

  std::optional<HeapRetention> retention_;  // between calls; outlives the model
  Decoder model_;
  std::optional<KeptSequence> kept_;
  bool is_nf4_;
};

class TorchEngine final : public Engine {
 public:
  TorchEngine() {
    at::globalContext().setFlushDenormal(true);
    count_allocations();
  }

  Json versions(bool look_for_gpu) override {
    Json json = {{"torch", TORCH_VERSION}, {"cuda", nullptr}, {"devices", Json::array({"cpu"})}};
    std::string reason;
    if (look_for_gpu && has_cuda(reason)) {
      const long version = at::detail::getCUDAHooks().versionCUDART();
      json["cuda"] = fmt::format("{}.{}", version / 1000, version % 1000 / 10);
      for (int i = 0; i < at::detail::getCUDAHooks().deviceCount(); ++i)
        json["devices"].push_back(fmt::format("cuda:{}", i));
    }
    if (!reason.empty()) json["gpu"] = reason;
    return json;
  }

  std::unique_ptr<LoadedModel> load(const ModelSettings& settings, Sinks sinks) override {
    return guarded(
        "loading the model", [&] { return std::make_unique<Loaded>(settings, sinks); }, kMoreMemory);
  }

  std::vector<AtomicFile> quantize(const QuantizeSettings& settings, Sinks sinks) override {
    const HeapRetention retention;
    return guarded(
        "quantizing the model", [&] { return nn::quantize(settings, sinks); }, kMoreMemory);
  }

  TrainingSummary train(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                        const Json& run, Sinks sinks) override {
    return train_with(settings, sft_objectives(settings, train, validation), run, sinks);
  }
  TrainingSummary train(const DpoSettings& settings, const SampleSource& train, const SampleSource* validation,
                        const Json& run, Sinks sinks) override {
    return train_with(settings, dpo_objectives(settings, train, validation, sinks), run, sinks);
  }
  TrainingSummary train(const KtoSettings& settings, const SampleSource& train, const SampleSource* validation,
                        const Json& run, Sinks sinks) override {
    return train_with(settings, kto_objectives(settings, train, validation), run, sinks);
  }

  TrainingPlan plan(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                    bool measures_time, Sinks sinks) override {
    return plan_with(settings, sft_objectives(settings, train, validation), measures_time, sinks);
  }
  TrainingPlan plan(const DpoSettings& settings, const SampleSource& train, const SampleSource* validation,
                    bool measures_time, Sinks sinks) override {
    return plan_with(settings, dpo_objectives(settings, train, validation, sinks), measures_time, sinks);
  }
  TrainingPlan plan(const KtoSettings& settings, const SampleSource& train, const SampleSource* validation,
                    bool measures_time, Sinks sinks) override {
    return plan_with(settings, kto_objectives(settings, train, validation), measures_time, sinks);
  }

 private:
  static TrainingSummary train_with(const TrainingSettings& settings, const ObjectiveFactory& make, const Json& run,
                                    Sinks sinks) {
    return guarded("training", [&] { return run_training(settings, make, run, sinks); });
  }
  static TrainingPlan plan_with(const TrainingSettings& settings, const ObjectiveFactory& make, bool measures_time,
                                Sinks sinks) {
    return guarded("the plan", [&] { return plan_training(settings, make, measures_time, sinks); });
  }
};

}  // namespace

std::unique_ptr<Engine> make_engine() { return std::make_unique<TorchEngine>(); }

}  // namespace intelia::nn
