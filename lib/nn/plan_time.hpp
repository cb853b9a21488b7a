// The time that a run will take, extrapolated from timing a few of its micro-batches.
#pragma once

#include "base/sinks.hpp"
#include "nn/objective.hpp"
#include "nn/optimizer.hpp"

namespace intelia::nn {

/** Seconds of the run's optimizer steps and evaluations. Changes the parameters. `validation` may be null. */
double seconds_needed(const Objective& train, const Objective* validation, Optimizer& optimizer,
                      const TrainingSettings& settings, const at::Device& device, const StopFlag& stop);

}  // namespace intelia::nn
