// A training run from the model folder to the result, and its plan, for any objective.
#pragma once

#include <functional>
#include <memory>

#include "base/sinks.hpp"
#include "nn/decoder.hpp"
#include "nn/objective.hpp"

namespace intelia::nn {

/** Make the objectives over a loaded model, which may be a meta model (outline_model); `validation` gives null without
   validation data. */
struct ObjectiveFactory {
  std::function<std::unique_ptr<Objective>(const Decoder&model)> train, validation;
};

/** Loads the model, probes memory when settings.probes and memory may be short, and trains. */
TrainingSummary run_training(const TrainingSettings& settings, const ObjectiveFactory& make, const Json& run,
                             Sinks sinks);

/** The memory that such a run needs; with settings.batch_size 0 the largest that fits. With `measures_time`, when it
   fits, also the time, from loading the model and timing a few micro-batches. */
TrainingPlan plan_training(const TrainingSettings& settings, const ObjectiveFactory& make, bool measures_time,
                           Sinks sinks);

}  // namespace intelia::nn
