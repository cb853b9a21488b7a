// What a run will take, told before it: memory by running the training's own code on tensors without data, time by
// running a few of its micro-batches. It knows recipes and orders of data; not models.
#pragma once

#include "engine/rows.hpp"
#include "nn/trainer.hpp"

namespace intelia::nn {

/** A micro-batch of a run by its samples, and what is held besides it when it is run. */
struct MicroBatch {
  std::vector<std::int64_t> samples;
  std::int64_t tokens = 0, targets = 0;
  bool has_gradients = false;  // another of the same window came before it
  bool has_best = false;       // an evaluation came before it, whose parameters are kept
};

/** Updates of a run over samples of these sizes. */
std::int64_t num_updates(const std::vector<SampleSize>& sizes, const SftSettings& settings);

/** Every micro-batch of the run, in its order. */
std::vector<MicroBatch> micro_batches(const std::vector<SampleSize>& sizes, const SftSettings& settings,
                                      bool evaluates);

/** Those of them that can need most memory: most tokens, and most targets, of each kind of what is held besides. */
std::vector<MicroBatch> heaviest(const std::vector<MicroBatch>& all);

/** Makes outline_model's tensors usable: registers the operations that libtorch lacks for them, and has their bytes
 * counted. */
void prepare_outlines();

/** The most bytes that a run holds at once, and the micro-batch at which it does. */
struct MemoryNeed {
  std::uint64_t peak_bytes = 0;
  MicroBatch heaviest;
};

/** Data of a run by its sizes; no validation: empty. */
struct DataSizes {
  std::vector<SampleSize> train, validation;
};

/** Bytes above `live_before`. `recipe` and `optimizer` are of an outline (outline_model). */
MemoryNeed memory_need(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings, const DataSizes& sizes,
                       std::uint64_t live_before);

/** Seconds that the run's updates and evaluations take, from timing a few of them; the parameters are not what they
 * were. */
double seconds_needed(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings,
                      const SampleSource& train, const SampleSource* validation, const at::Device& device,
                      const StopFlag& stop);

/**
 * Runs the heaviest micro-batch and evaluation of the run with everything held that will be held then, and leaves
 * nothing behind, so that memory that cannot be had is missed now. Throws Error{io} that says what to change.
 */
void probe_memory(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings, const SampleSource& train,
                  const SampleSource* validation);

}  // namespace intelia::nn
