// The micro-batches that a run will draw and the memory that they need: the training's own code, run on meta tensors,
// which have shapes and no data. It knows objectives and orders of data; not models.
#pragma once

#include "engine/rows.hpp"
#include "nn/objective.hpp"
#include "nn/optimizer.hpp"

namespace intelia::nn {

/** A micro-batch of a run by its samples, and what else is in memory while it runs. */
struct BatchPlan {
  std::vector<std::int64_t> samples;
  std::int64_t tokens = 0, targets = 0;
  bool has_gradients = false;  // those of earlier micro-batches of the same step
  bool has_best = false;       // the best parameters of an earlier evaluation
};

/** Optimizer steps of a run over samples of these sizes. */
std::int64_t num_steps(const std::vector<SampleSize>& sizes, const TrainingSettings& settings);

/** Every micro-batch of the run, in order. */
std::vector<BatchPlan> micro_batches(const std::vector<SampleSize>& sizes, const TrainingSettings& settings,
                                     bool evaluates);

/** The batches of one evaluation, in order. */
std::vector<BatchPlan> evaluation_batches(const std::vector<SampleSize>& sizes, const TrainingSettings& settings);

/** The candidates for needing the most memory: of each combination of what else is in memory the one with the most
   tokens and the one with the most targets. */
std::vector<BatchPlan> largest_batches(const std::vector<BatchPlan>& all);

/** Forward and backward of a micro-batch, its gradients added to those that are there. */
void train_on(const MicroBatch& batch);

/** Makes meta models usable: registers the operations that libtorch lacks for them, and counts their bytes. */
void prepare_outlines();

/** The peak bytes of a run, and the micro-batch at which they are reached. */
struct MemoryNeed {
  std::uint64_t peak_bytes = 0;
  BatchPlan largest;
};

/** Bytes above `live_before`. Objectives and optimizer are over a meta model; `validation` may be null. */
MemoryNeed memory_need(const Objective& train, const Objective* validation, Optimizer& optimizer,
                       const TrainingSettings& settings, std::uint64_t live_before);

/**
 * Runs the largest micro-batch and evaluation batch with everything in memory that the run will have there then, and
 * keeps no state, so that out-of-memory is detected now. Throws Error{io} that says what to change.
 */
void probe_memory(const Objective& train, const Objective* validation, Optimizer& optimizer,
                  const TrainingSettings& settings);

}  // namespace intelia::nn
