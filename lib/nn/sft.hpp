// Supervised fine-tuning: what differs from other training is the loss of a micro-batch.
#pragma once

#include "engine/engine.hpp"

namespace intelia::nn {

SftSummary train_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation, const Json& run,
                     Sinks sinks);

}  // namespace intelia::nn
