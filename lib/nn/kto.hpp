// Preference optimization over single answers that are labelled desirable or not (Ethayarajh et al. 2024).
#pragma once

#include "nn/training.hpp"

namespace intelia::nn {

/** See Engine::train. `validation` may be null; samples must outlive the objectives. Making the training objective
    checks that policy and reference are the same before the first step: Error{internal} when they are not. */
ObjectiveFactory kto_objectives(const KtoSettings& settings, const SampleSource& train, const SampleSource* validation);

}  // namespace intelia::nn
