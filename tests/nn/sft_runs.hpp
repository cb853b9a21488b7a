// Runs of supervised fine-tuning, as the engine starts them.
#pragma once

#include "nn/sft.hpp"

namespace intelia::nn {

inline TrainingSummary train_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                                 const Json& run, Sinks sinks) {
  return run_training(settings, sft_objectives(settings, train, validation), run, sinks);
}

inline TrainingPlan plan_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                             bool measures_time, Sinks sinks) {
  return plan_training(settings, sft_objectives(settings, train, validation), measures_time, sinks);
}

}  // namespace intelia::nn
