// Supervised fine-tuning: next-token cross-entropy over the targets of each sample.
#pragma once

#include "engine/engine.hpp"

namespace intelia::nn {

/** See Engine::train_sft. */
TrainingSummary train_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                          const Json& run, Sinks sinks);

/** See Engine::plan_sft. */
TrainingPlan plan_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                      bool measures_time, Sinks sinks);

}  // namespace intelia::nn
