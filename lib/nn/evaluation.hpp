// The loss over held-out samples during training.
#pragma once

#include "base/sinks.hpp"
#include "nn/objective.hpp"

namespace intelia::nn {

/** Sequences per forward pass of an evaluation: no gradients are kept, so twice a training micro-batch fits. */
std::int64_t evaluation_batch_size(const TrainingSettings& settings);

struct EvaluationResult {
  double loss = 0;
  MetricSums metrics;
};

/**
 * The mean loss over all samples; under Compat::trl the mean of the batches' means weighted by their number of samples,
 * which depends on the batch size. When it is not finite: Error{internal} naming `step`, with the batch written to
 * settings.output.
 */
EvaluationResult evaluate(const Objective& validation, const TrainingSettings& settings, std::int64_t step,
                          const Sinks& sinks);

}  // namespace intelia::nn
