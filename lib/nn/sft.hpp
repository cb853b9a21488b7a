// Supervised fine-tuning: what differs from other training is the loss of a micro-batch.
#pragma once

#include "engine/engine.hpp"

namespace intelia::nn {

SftSummary train_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                     const Json& run, Sinks sinks);

/** What that run will take; Engine::plan_sft says it. */
SftPlan plan_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                 bool measures_time, Sinks sinks);

}  // namespace intelia::nn
