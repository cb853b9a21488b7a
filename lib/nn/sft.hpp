// Supervised fine-tuning: next-token cross-entropy over the targets of each sample.
#pragma once

#include "nn/training.hpp"

namespace intelia::nn {

/** See Engine::train. `validation` may be null; samples must outlive the objectives. */
ObjectiveFactory sft_objectives(const SftSettings& settings, const SampleSource& train, const SampleSource* validation);

}  // namespace intelia::nn
