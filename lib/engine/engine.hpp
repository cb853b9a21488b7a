// What the rest of the house sees of training and inference. Behind it stands the plug-in lib/nn, loaded on demand.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/sinks.hpp"
#include "engine/jobs.hpp"
#include "record/json_fwd.hpp"
#include "record/sample_source.hpp"

namespace intelia {

/** A loaded model, with its adapter when one was given. Not for several threads at once. */
class LoadedModel {
 public:
  virtual ~LoadedModel() = default;
  virtual std::int64_t vocabulary_size() const = 0;
  virtual std::int64_t context_length() const = 0;  // tokens that a sequence may have
  virtual std::string description() const = 0;      // "llama, 4.2 M parameters, NF4, fp32, cpu"
  /** Losses of `batch` (padded together), with or without the adapter. */
  virtual std::vector<SampleLoss> score(std::span<const TokenSample> batch, bool use_adapter) = 0;
  /** Continues each prompt. The same result whatever the other prompts of the batch are, up to rounding. */
  virtual std::vector<GeneratedTokens> generate(std::span<const std::vector<std::int32_t>> prompts,
                                                const SamplingSettings& sampling, bool use_adapter,
                                                const StopFlag& stop) = 0;
  /** Logits after each token of one sequence, [T, V] row-major fp32. */
  virtual std::vector<float> logits(std::span<const std::int32_t> ids, bool use_adapter) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  /** {"torch":"2.11.0","cuda":"13.0"|null,"devices":[…]}; looks for a GPU only when asked. */
  virtual Json versions(bool look_for_gpu) = 0;
  virtual std::unique_ptr<LoadedModel> load(const ModelSettings& settings, Sinks sinks) = 0;
  /** Writes the weights of settings.model into settings.output with their linear layers in NF4, as bitsandbytes
     serializes it. Files are closed, but have no name yet. */
  virtual std::vector<AtomicFile> quantize(const QuantizeSettings& settings, Sinks sinks) = 0;
  /** Runs SFT; what is written to settings.output: adapter (or model), metrics.jsonl, checkpoints. `run` is any JSON
      that a resumed run must find unchanged (data, template and tokenizer hashes). `validation` may be null. */
  virtual SftSummary train_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                               const Json& run, Sinks sinks) = 0;
  /**
   * What that run will take. Memory is told without reading a weight, by the training's own code on tensors without
   * data. With `measures_time`, and when it fits, the model is loaded and a few micro-batches are timed.
   */
  virtual SftPlan plan_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                           bool measures_time, Sinks sinks) = 0;
};

/**
 * The engine from the plug-in `libintelia_engine.so` beside the program (../lib, then lib/ of the build), with libtorch
 * sought in $INTELIA_LIBTORCH, the plug-in's folder, its rpath, and where `$INTELIA_PYTHON` or python3 has torch.
 * Loaded once and never unloaded. Throws Error{usage} in one sentence that says what to install, or that the build tags
 * differ.
 */
Engine& load_engine();

/** What loader and plug-in compare: version, commit and compiler. */
const char* build_tag();

}  // namespace intelia
