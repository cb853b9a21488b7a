// The log-probabilities of whole answers: those of a pair, or of one rated answer.
#pragma once

#include <span>
#include <vector>

#include "nn/operations/linear_log_probs.hpp"
#include "nn/scoring.hpp"

namespace intelia::nn {

/** The answers of a micro-batch; of a pair the chosen one, then the rejected one. */
class Answers {
 public:
  Answers(const Decoder& model, std::span<const TokenSample> samples, const SupervisionOptions& options = {});

  std::int64_t count() const { return static_cast<std::int64_t>(lengths_.size()); }
  /** Targets of each answer. */
  const std::vector<std::int64_t>& lengths() const { return lengths_; }

  /** Of every target, answer by answer, under `model`, which may be another one with the same tokens. */
  LogProbs log_probs(const Decoder& model, const Pass& pass, Statistics statistics) const;

 private:
  Supervised supervised_;
  std::vector<std::int64_t> lengths_;
};

/** Sums over runs of `lengths` values: [S] -> [lengths.size()]. */
Tensor sums(const Tensor& values, const std::vector<std::int64_t>& lengths);

}  // namespace intelia::nn
