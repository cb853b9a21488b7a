// The one training loop, whatever the objective: accumulate gradients, clip, step, log, evaluate, save, stop, resume.
#pragma once

#include <functional>

#include "base/sinks.hpp"
#include "nn/nonfinite_batch.hpp"
#include "nn/objective.hpp"
#include "nn/optimizer.hpp"

namespace intelia::nn {

/** What a run trains, on what, and what it writes. */
struct TrainingTask {
  const Objective& train;
  const Objective* validation = nullptr;  // may be absent
  Optimizer& optimizer;
  at::Device device;
  bool scales_loss = false;  // fp16
  /** Writes the result (adapter or model) into a folder. */
  std::function<void(const std::filesystem::path& folder)> write_model;
  /** Answers to settings.sample_prompts, as ids; empty when there are none. */
  std::function<std::vector<std::vector<std::int32_t>>()> sample;
};

/** Detached copies. */
NamedTensors copies(const NamedTensors& tensors);

/** Gives every parameter a gradient of zeros, as is held from a step's second micro-batch on. */
void make_gradients(const NamedTensors& parameters);

/**
 * Trains the optimizer's parameters and leaves the result (the best by validation loss, where there is validation) in
 * settings.output. A resumed run must have the same `run`.
 */
TrainingSummary train(const TrainingTask& task, const TrainingSettings& settings, const Json& run, Sinks sinks);

}  // namespace intelia::nn
