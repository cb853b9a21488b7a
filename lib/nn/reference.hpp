// The model that a preference training compares its own with: the same weights without the adapter, or with a frozen
// one.
#pragma once

#include "base/sinks.hpp"
#include "nn/answers.hpp"

namespace intelia::nn {

class Reference {
 public:
  /** `policy` as training starts, with its adapter if it has one; it must outlive the reference. Under full training a
     copy of all weights. Error{usage} or Error{input} when the reference's adapter cannot be loaded. */
  Reference(const Decoder& policy, const TrainingSettings& training, const ReferenceSettings& settings);

  /** log p of every target of `answers`, without gradient: [S] fp32. */
  Tensor log_probs(const Answers& answers) const;

  /** Whether it gives the same values as the policy before the first step, by how it was chosen. */
  bool is_start() const { return is_start_; }

 private:
  const Decoder& policy_;
  std::optional<Decoder> copy_;  // instead of the policy
  bool uses_adapter_ = false;
  bool is_start_ = true;
};

/** The largest difference of log-probabilities under policy and reference, relative to their size, that is not a
    mistake: none where both run the same operations on the same batch, else the rounding of the precision. */
double start_tolerance(const TrainingSettings& training, const ReferenceSettings& settings, at::ScalarType type);

}  // namespace intelia::nn
