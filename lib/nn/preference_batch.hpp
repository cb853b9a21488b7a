// What micro-batches of pairs and of rated answers share: a table of values per sample, from which losses and metrics
// are read.
#pragma once

#include <vector>

#include "nn/linear.hpp"
#include "nn/objective.hpp"

namespace intelia::nn {

class PreferenceBatch : public MicroBatch {
 public:
  /** Every sample counts the same in the loss; under Compat::trl every micro-batch does. */
  BatchSize size() const override;
  BatchLoss loss(std::uint64_t seed) const override;
  Tensor evaluate() const override;
  BatchScores scores(const Tensor& evaluated) const override;

 protected:
  struct Computed {
    Tensor losses;  // [B] with graph
    Tensor values;  // [rows, B], detached; the first row is the losses
  };

  PreferenceBatch(std::vector<TokenSample> samples, Compat compat)
      : samples_(std::move(samples)), counts_batches_(compat == Compat::trl) {}

  virtual Computed compute(const Pass& pass) const = 0;
  /** values: on the CPU. With `per_batch` every micro-batch counts the same. */
  virtual MetricSums metrics(const Tensor& values, bool per_batch) const = 0;
  /** Tokens of the sequences of a sample. */
  virtual std::int64_t tokens_of(const TokenSample& sample) const = 0;

  const std::vector<TokenSample>& samples() const { return samples_; }

 private:
  std::vector<TokenSample> samples_;
  bool counts_batches_;
};

}  // namespace intelia::nn
