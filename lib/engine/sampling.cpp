#include "engine/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "base/random.hpp"

namespace intelia {

void check(const SamplingSettings& sampling) {
  const auto need = [](bool holds, const char* name, const char* what) {
    if (!holds) throw SettingError(Kind::usage, name, what);
  };
  need(sampling.max_new_tokens >= 1, "max-new-tokens", "expected at least 1");
  need(sampling.temperature >= 0 && std::isfinite(sampling.temperature), "temperature", "expected 0 or more");
  need(sampling.top_k >= 0, "top-k", "expected 0 (no limit) or more");
  need(sampling.top_p > 0 && sampling.top_p <= 1, "top-p", "expected a number above 0 and at most 1");
  need(sampling.min_p >= 0 && sampling.min_p <= 1, "min-p", "expected a number between 0 and 1");
  need(sampling.repetition_penalty >= 0.001 && sampling.repetition_penalty <= 1000, "repetition-penalty",
       "expected a number between 0.001 and 1000");
}

void penalize(std::span<float> logits, std::span<const std::int32_t> seen, double penalty) {
  const auto factor = static_cast<float>(penalty);
  for (const std::int32_t id : seen) {
    float& logit = logits[static_cast<std::size_t>(id)];
    logit = logit < 0 ? logit * factor : logit / factor;
  }
}

namespace {

/** Removes what top-p does not keep. */
void keep_top_p(std::span<const float> logits, const SamplingSettings& sampling, double largest,
                std::vector<std::int32_t>& ids) {
  const auto logit = [&](std::int32_t id) { return logits[static_cast<std::size_t>(id)]; };
  const auto weight = [&](std::int32_t id) { return std::exp((logit(id) - largest) / sampling.temperature); };
  double sum = 0;
  for (const std::int32_t id : ids) sum += weight(id);
  // A heap, since most often few of many tokens are kept; of equal ones the first.
  const auto is_less = [&](std::int32_t a, std::int32_t b) {
    return logit(a) < logit(b) || (logit(a) == logit(b) && a > b);
  };
  std::make_heap(ids.begin(), ids.end(), is_less);
  auto end = ids.end();
  double kept = 0;
  while (end != ids.begin() && (end == ids.end() || kept < sampling.top_p * sum)) {
    std::pop_heap(ids.begin(), end, is_less);
    kept += weight(*--end);
  }
  ids.erase(ids.begin(), end);
}

}  // namespace

std::vector<std::int32_t> kept_tokens(std::span<const float> logits, const SamplingSettings& sampling) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  float smallest = -std::numeric_limits<float>::infinity();
  if (sampling.top_k > 0 && static_cast<std::size_t>(sampling.top_k) < logits.size()) {
    std::vector<float> sorted(logits.begin(), logits.end());
    const auto last = sorted.begin() + (sampling.top_k - 1);
    std::nth_element(sorted.begin(), last, sorted.end(), std::greater<>());
    smallest = *last;
  }
  std::vector<std::int32_t> ids;
  for (std::size_t id = 0; id < logits.size(); ++id)
    if (logits[id] >= smallest) ids.push_back(static_cast<std::int32_t>(id));
  if (sampling.top_p < 1) keep_top_p(logits, sampling, largest, ids);
  if (sampling.min_p > 0)
    std::erase_if(ids, [&](std::int32_t id) {
      return std::exp((static_cast<double>(logits[static_cast<std::size_t>(id)]) - largest) / sampling.temperature) <
             sampling.min_p;
    });
  return ids;
}

namespace {

/** The best token so far, by logit / temperature + Gumbel noise. */
class GumbelMax {
 public:
  GumbelMax(std::span<const float> logits, double temperature, std::uint64_t draw)
      : logits_(logits), temperature_(temperature), draw_(draw) {}

  void consider(std::int32_t id) {
    const double rest = Random(draw_ + static_cast<std::uint64_t>(id)).uniform();  // below 1
    const double scaled = logits_[static_cast<std::size_t>(id)] / temperature_;
    // The noise −log(−log(1 − rest)) is at most −log(rest), and that at most this. Most tokens need no logarithm.
    constexpr double kLogOf2 = 0.6931471805599453;
    if (best_ >= 0 && scaled - kLogOf2 * std::ilogb(rest) <= score_) return;
    const double score = scaled - std::log(-std::log(1 - rest));
    if (best_ >= 0 && !(score > score_)) return;
    best_ = id;
    score_ = score;
  }
  std::int32_t best() const { return best_; }

 private:
  std::span<const float> logits_;
  double temperature_, score_ = 0;
  std::uint64_t draw_;
  std::int32_t best_ = -1;
};

}  // namespace

std::int32_t choose_token(std::span<const float> logits, const SamplingSettings& sampling, std::uint64_t draw) {
  const auto largest = std::max_element(logits.begin(), logits.end());
  if (!std::isfinite(*largest))
    throw Error(Kind::input, "the model's logits are not finite; check the weights of the model and the adapter");
  if (sampling.temperature <= 0) return static_cast<std::int32_t>(largest - logits.begin());
  GumbelMax maximum(logits, sampling.temperature, draw);
  if (sampling.top_k > 0 || sampling.top_p < 1 || sampling.min_p > 0) {
    std::vector<std::int32_t> ids = kept_tokens(logits, sampling);
    std::sort(ids.begin(), ids.end());
    for (const std::int32_t id : ids) maximum.consider(id);
  } else {
    for (std::size_t id = 0; id < logits.size(); ++id) maximum.consider(static_cast<std::int32_t>(id));
  }
  return maximum.best();
}

float log_probability(std::span<const float> logits, std::int32_t id) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return static_cast<float>(logits[static_cast<std::size_t>(id)] - largest - std::log(sum));
}

}  // namespace intelia
