// Preference optimization over pairs of answers: DPO and its variants (nn/preference_loss.hpp).
#pragma once

#include "base/sinks.hpp"
#include "nn/training.hpp"

namespace intelia::nn {

/**
 * See Engine::train. `validation` may be null; samples must outlive the objectives. Making the training objective
 * computes the reference's log-probabilities where settings.reference asks for it, and checks that the loss before the
 * first step is the one that a model equal to its reference has: Error{internal} when it is not.
 */
ObjectiveFactory dpo_objectives(const DpoSettings& settings, const SampleSource& train, const SampleSource* validation,
                                Sinks sinks);

}  // namespace intelia::nn
