// The samples of an epoch, taken from one or several datasets by weight.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "record/sample_source.hpp"
#include "tokens/dataset.hpp"

namespace intelia {

/** A sample of a mix: which dataset it is from, and its number there. */
using MixPlace = std::pair<std::size_t, std::int64_t>;

/**
 * The samples of an epoch from datasets of these sizes: weight 1 takes each sample of a dataset once, 2 twice, 0.5 a
 * random half of them, which depends on `seed` alone. Dataset by dataset, in their order.
 */
std::vector<MixPlace> mix_places(const std::vector<std::int64_t>& sizes, const std::vector<double>& weights,
                                 std::uint64_t seed);

class TrainingMix final : public SampleSource {
 public:
  /** As many datasets as weights, at least one. */
  TrainingMix(std::vector<TokenizedDataset> datasets, const std::vector<double>& weights, std::uint64_t seed);

  std::int64_t size() const override;
  TokenSample at(std::int64_t index) const override;
  SampleSize size_at(std::int64_t index) const override;
  bool is_desirable_at(std::int64_t index) const override;
  /** Of a single dataset with weight 1, its own. */
  std::string content_sha256() const override { return content_sha256_; }

  const std::vector<TokenizedDataset>& datasets() const { return datasets_; }
  std::int64_t num_tokens() const { return num_tokens_; }        // of an epoch
  std::int64_t num_targets() const { return num_targets_; }      // of an epoch
  std::int64_t num_truncated() const { return num_truncated_; }  // records of the files

 private:
  bool is_single() const { return places_.empty(); }
  MixPlace place_of(std::int64_t index) const;

  std::vector<TokenizedDataset> datasets_;
  std::vector<MixPlace> places_;  // empty: the only dataset as it is
  std::string content_sha256_;
  std::int64_t num_tokens_ = 0, num_targets_ = 0, num_truncated_ = 0;
};

/** As describe_dataset, of an epoch. */
std::string describe_mix(const TrainingMix& mix);

}  // namespace intelia
