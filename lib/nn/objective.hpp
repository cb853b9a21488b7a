// What one kind of training (nn/sft.cpp) gives to the loop, the evaluation and the plan: the loss of numbered samples.
// What a sample is depends on the objective: a conversation, a pair of answers, an answer with a label.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/jobs.hpp"
#include "nn/shapes.hpp"
#include "record/json.hpp"
#include "record/sample_source.hpp"

namespace intelia::nn {

/** A mean in two parts that add up over micro-batches and logging intervals. */
struct WeightedSum {
  double sum = 0, weight = 0;
  void add(const WeightedSum& other) {
    sum += other.sum;
    weight += other.weight;
  }
  /** What the sum is divided by: 1 where nothing has weight. */
  double divisor() const { return weight > 0 ? weight : 1; }
  double mean() const { return sum / divisor(); }
};

/** Metrics other than the loss by their name in metrics.jsonl ("rewards/margins"; of an evaluation "eval_rewards/…").
 */
using MetricSums = std::map<std::string, WeightedSum>;

/** What an objective says about the metrics of an interval or an evaluation. */
struct Assessment {
  std::string progress;               // for the progress line: "margin 0.31  accuracy 0.75", or empty
  std::vector<std::string> warnings;  // each is logged once per run
  std::string reason_to_stop;         // of an evaluation: why training should end, or empty
};

/** What a micro-batch contains. `weight` is what the loss is normalized by: Σ of targets' weights, or the number of
   pairs. */
struct BatchSize {
  std::int64_t tokens = 0, targets = 0;
  double weight = 0;
};

/** Σ weight · loss of a micro-batch with its graph, [], and the metrics of the same forward pass. */
struct BatchLoss {
  Tensor sum;
  MetricSums metrics;
};

/** The same of an evaluation, per sample. */
struct BatchScores {
  std::vector<SampleLoss> losses;
  MetricSums metrics;
};

/** The samples of one forward pass, as their objective read them. The objective must outlive it. */
class MicroBatch {
 public:
  virtual ~MicroBatch() = default;
  virtual BatchSize size() const = 0;
  /** `seed` determines dropout and noise of this pass. */
  virtual BatchLoss loss(std::uint64_t seed) const = 0;
  /** The forward pass of an evaluation, without dropout and gradient: whatever scores() reads. */
  virtual Tensor evaluate() const = 0;
  virtual BatchScores scores(const Tensor& evaluated) const = 0;
  /** Each sample as nan-batch.jsonl shows it. */
  virtual std::vector<Json> describe() const = 0;
};

/**
 * The loss of one set of samples under one model. Values that are known before the first step, such as reference
 * log-probabilities, are computed by the creator of the objective, when the model is in the state from which training
 * starts.
 */
class Objective {
 public:
  virtual ~Objective() = default;
  virtual std::int64_t num_samples() const = 0;
  /** Size of sample `number` when it is truncated to `max_length`. */
  virtual SampleSize sample_size(std::int64_t number, std::int64_t max_length) const = 0;
  /** SHA-256 over all samples: a resumed run checks that the data is the same. */
  virtual std::string data_sha256() const = 0;
  /** Samples 0 <= number < num_samples() of one forward pass. */
  virtual std::unique_ptr<MicroBatch> read(const std::vector<std::int64_t>& numbers) const = 0;
  /** A micro-batch with the sizes of these samples, truncated to `max_length`, and arbitrary content: on a meta model
     its passes need the memory that those samples would. */
  virtual std::unique_ptr<MicroBatch> outline(const std::vector<std::int64_t>& numbers,
                                              std::int64_t max_length) const = 0;
  /** Completes the sums of an interval or an evaluation to the metrics that are logged, and assesses them. */
  virtual Assessment assess(MetricSums&) const { return {}; }
};

/** The samples with these numbers. */
inline std::vector<TokenSample> read_samples(const SampleSource& source, const std::vector<std::int64_t>& numbers) {
  std::vector<TokenSample> samples;
  samples.reserve(numbers.size());
  for (const std::int64_t number : numbers) samples.push_back(source.at(number));
  return samples;
}

/** Sizes of all samples of a source, whose index may be in a file. */
inline std::vector<SampleSize> sizes_in(const SampleSource& source) {
  std::vector<SampleSize> sizes;
  sizes.reserve(static_cast<std::size_t>(source.size()));
  for (std::int64_t i = 0; i < source.size(); ++i) sizes.push_back(source.size_at(i));
  return sizes;
}

/** The numbers begin <= number < begin + count of a source of `size` samples. */
inline std::vector<std::int64_t> numbers_from(std::int64_t begin, std::int64_t count, std::int64_t size) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = begin; i < std::min(size, begin + count); ++i) numbers.push_back(i);
  return numbers;
}

/** Sizes of all samples. */
inline std::vector<SampleSize> sample_sizes(const Objective& objective, std::int64_t max_length) {
  std::vector<SampleSize> sizes;
  sizes.reserve(static_cast<std::size_t>(objective.num_samples()));
  for (std::int64_t i = 0; i < objective.num_samples(); ++i) sizes.push_back(objective.sample_size(i, max_length));
  return sizes;
}

/** Tokens of each size. */
inline std::vector<std::int64_t> lengths_of(const std::vector<SampleSize>& sizes) {
  std::vector<std::int64_t> lengths;
  lengths.reserve(sizes.size());
  for (const SampleSize& size : sizes) lengths.push_back(size.tokens);
  return lengths;
}

}  // namespace intelia::nn
