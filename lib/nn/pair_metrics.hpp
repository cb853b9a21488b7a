// What metrics.jsonl shows of pairs: rewards, log-probabilities, and whether the training is healthy.
#pragma once

#include "nn/objective.hpp"

namespace intelia::nn {

/** Values of each pair of a micro-batch, by row: [kNumPairValues, B]. */
enum PairValue : std::int64_t {
  kLoss,
  kChosenReward,
  kRejectedReward,
  kChosenLogProb,
  kRejectedLogProb,
  kChosenLogRatio,  // to the reference; 0 without one
  kChosenLength,
  kRejectedLength,
  kEntropy,      // Σ over the tokens of both answers
  kChosenLogit,  // Σ over its tokens of the mean logit
  kRejectedLogit,
  kChosenTop,  // tokens that are the most likely one
  kNumPairValues,
};

/**
 * The metrics of TRL's DPOTrainer by their names there, and under "health/" those of this program. With `per_batch`
 * every micro-batch counts the same, as in TRL; else every pair or token. values: on the CPU.
 */
MetricSums pair_metrics(const Tensor& values, bool per_batch);

/** Completes "health/length_bias", and compares the values with `limits`, and with what usually goes wrong. */
Assessment assess_pairs(MetricSums& metrics, const HealthLimits& limits);

}  // namespace intelia::nn
