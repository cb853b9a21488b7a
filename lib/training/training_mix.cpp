#include "training/training_mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/counted.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

namespace intelia {

namespace {

/** `count` of the numbers below `size`, ascending, chosen without replacement. */
std::vector<std::int64_t> choose(std::int64_t size, std::int64_t count, Random& random) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(size));
  std::iota(numbers.begin(), numbers.end(), 0);
  for (std::int64_t i = 0; i < count; ++i)
    std::swap(numbers[static_cast<std::size_t>(i)],
              numbers[static_cast<std::size_t>(i) + random.below(static_cast<std::uint64_t>(size - i))]);
  numbers.resize(static_cast<std::size_t>(count));
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

std::vector<MixPlace> mix_places(const std::vector<std::int64_t>& sizes, const std::vector<double>& weights,
                                 std::uint64_t seed) {
  std::vector<MixPlace> places;
  for (std::size_t dataset = 0; dataset < sizes.size(); ++dataset) {
    const double whole = std::floor(weights[dataset]);
    for (double copy = 0; copy < whole; ++copy)
      for (std::int64_t sample = 0; sample < sizes[dataset]; ++sample) places.emplace_back(dataset, sample);
    const auto rest = std::llround((weights[dataset] - whole) * static_cast<double>(sizes[dataset]));
    Random random(Random(seed + dataset).next());
    for (const std::int64_t sample : choose(sizes[dataset], rest, random)) places.emplace_back(dataset, sample);
  }
  return places;
}

TrainingMix::TrainingMix(std::vector<TokenizedDataset> datasets, const std::vector<double>& weights, std::uint64_t seed)
    : datasets_(std::move(datasets)) {
  for (const TokenizedDataset& dataset : datasets_) num_truncated_ += dataset.num_truncated();
  if (datasets_.size() == 1 && weights[0] == 1) {
    content_sha256_ = datasets_[0].content_sha256();
    num_tokens_ = datasets_[0].num_tokens();
    num_targets_ = datasets_[0].num_targets();
    return;
  }
  std::vector<std::int64_t> sizes;
  std::string contents = fmt::format("{}\n", seed);
  for (std::size_t i = 0; i < datasets_.size(); ++i) {
    sizes.push_back(datasets_[i].size());
    contents += fmt::format("{} {:a}\n", datasets_[i].content_sha256(), weights[i]);
  }
  content_sha256_ = sha256_of(contents);
  places_ = mix_places(sizes, weights, seed);
  for (const auto& [dataset, sample] : places_) {
    const SampleSize size = datasets_[dataset].size_at(sample);
    num_tokens_ += size.tokens;
    num_targets_ += size.targets;
  }
}

std::int64_t TrainingMix::size() const {
  return is_single() ? datasets_[0].size() : static_cast<std::int64_t>(places_.size());
}

MixPlace TrainingMix::place_of(std::int64_t index) const {
  return is_single() ? MixPlace{0, index} : places_[static_cast<std::size_t>(index)];
}

TokenSample TrainingMix::at(std::int64_t index) const {
  const auto [dataset, sample] = place_of(index);
  return datasets_[dataset].at(sample);
}

SampleSize TrainingMix::size_at(std::int64_t index) const {
  const auto [dataset, sample] = place_of(index);
  return datasets_[dataset].size_at(sample);
}

bool TrainingMix::is_desirable_at(std::int64_t index) const {
  const auto [dataset, sample] = place_of(index);
  return datasets_[dataset].is_desirable_at(sample);
}

std::string describe_mix(const TrainingMix& mix) {
  if (mix.datasets().size() == 1 && mix.size() == mix.datasets()[0].size()) return describe_dataset(mix.datasets()[0]);
  return fmt::format("{} of {} in an epoch, {}, {} of them trained, {} truncated", counted(mix.size(), "record"),
                     counted(mix.datasets().size(), "file"), counted(mix.num_tokens(), "token"), mix.num_targets(),
                     counted(mix.num_truncated(), "record"));
}

}  // namespace intelia
