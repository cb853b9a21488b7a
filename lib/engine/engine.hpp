// The interface to training and inference. The implementation is the plug-in lib/nn, loaded on demand.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/sinks.hpp"
#include "engine/jobs.hpp"
#include "record/json_fwd.hpp"
#include "record/sample_source.hpp"

namespace intelia {

/** Where generation takes its requests from, and what it reports to. */
class GenerationClient {
 public:
  virtual ~GenerationClient() = default;
  /** The next request, or nothing when there are no more. Called when there is room; requests are numbered from 0. */
  virtual std::optional<GenerationRequest> next() = 0;
  /** The answer to request `number` continues with `id`. Returns whether it ends there, as at a stop string. */
  virtual bool add(std::int64_t number, std::int32_t id) {
    static_cast<void>(number), static_cast<void>(id);
    return false;
  }
  /** Request `number` is answered. */
  virtual void finish(std::int64_t number, GeneratedTokens&& tokens) = 0;
};

/** A loaded model, with its adapter when one was given. Not thread-safe. */
class LoadedModel {
 public:
  virtual ~LoadedModel() = default;
  virtual std::int64_t vocabulary_size() const = 0;
  virtual std::int64_t context_length() const = 0;  // maximum tokens of a sequence
  virtual std::string description() const = 0;      // "llama, 4.2 M parameters, NF4, fp32, cpu"
  /** Loss of each sample of `batch`, with or without the adapter. */
  virtual std::vector<SampleLoss> score(std::span<const TokenSample> batch, bool use_adapter) = 0;
  /** Continues each prompt. An answer does not depend on the other requests of the batch, up to rounding. */
  virtual std::vector<GeneratedTokens> generate(std::span<const GenerationRequest> requests,
                                                const SamplingSettings& sampling, bool use_adapter,
                                                const StopFlag& stop) = 0;
  /** Answers the requests of `client`, up to `batch_size` of them at a time. On the CPU an answer depends on its
     request, the settings and the model alone; on other devices other answers of the batch may change it by rounding.
   */
  virtual void generate(GenerationClient& client, const SamplingSettings& sampling, int batch_size,
                        const StopFlag& stop) = 0;
  /** Logits after each token of one sequence, [T, V] row-major fp32. */
  virtual std::vector<float> logits(std::span<const std::int32_t> ids, bool use_adapter) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  /** {"torch":"2.11.0","cuda":"13.0"|null,"devices":[…]}; looks for a GPU only with `look_for_gpu`. */
  virtual Json versions(bool look_for_gpu) = 0;
  virtual std::unique_ptr<LoadedModel> load(const ModelSettings& settings, Sinks sinks) = 0;
  /** Writes the weights of settings.model into settings.output with their linear layers in NF4, as bitsandbytes
     serializes it. The files are closed but not yet committed. */
  virtual std::vector<AtomicFile> quantize(const QuantizeSettings& settings, Sinks sinks) = 0;
  /** Supervised fine-tuning; writes adapter (or model), metrics.jsonl and checkpoints to settings.output. A resumed run
      must have the same `run` (options, hashes of data, template and tokenizer). `validation` may be null. */
  virtual TrainingSummary train(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                                const Json& run, Sinks sinks) = 0;
  /** The same with pairs: samples with `second_begin`. */
  virtual TrainingSummary train(const DpoSettings& settings, const SampleSource& train, const SampleSource* validation,
                                const Json& run, Sinks sinks) = 0;
  /** The same with labelled answers: samples with `is_desirable`. An answer may be longer than settings.max_length: it
      is truncated where it follows its own prompt. */
  virtual TrainingSummary train(const KtoSettings& settings, const SampleSource& train, const SampleSource* validation,
                                const Json& run, Sinks sinks) = 0;
  /**
   * Memory and time that such a run needs. Memory is computed without reading weights, by running the training's own
   * code on meta tensors. With `measures_time`, and when it fits, the model is loaded and a few micro-batches are
   * timed.
   */
  virtual TrainingPlan plan(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                            bool measures_time, Sinks sinks) = 0;
  virtual TrainingPlan plan(const DpoSettings& settings, const SampleSource& train, const SampleSource* validation,
                            bool measures_time, Sinks sinks) = 0;
  virtual TrainingPlan plan(const KtoSettings& settings, const SampleSource& train, const SampleSource* validation,
                            bool measures_time, Sinks sinks) = 0;
};

/**
 * The engine from the plug-in `libintelia_engine.so` in the program's ../lib, with libtorch searched in
 * $INTELIA_LIBTORCH, the plug-in's folder, its rpath, and the torch package of `$INTELIA_PYTHON` or python3. Loaded
 * once and never unloaded. Throws Error{usage} that says what to install, or that the build tags differ.
 */
Engine& load_engine();

/** What loader and plug-in compare: version, commit and compiler. */
const char* build_tag();

}  // namespace intelia
