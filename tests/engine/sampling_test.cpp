// The filters and the draw of sampling; tests/parity/test_generate.py compares the filters with transformers.
#include "engine/sampling.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.hpp"
#include "base/random.hpp"

using namespace intelia;

namespace {

const std::vector<float> kLogits = {1.0f, 3.0f, 2.0f, 3.0f, -1.0f, 0.0f};

std::set<std::int32_t> kept(const SamplingSettings& sampling) {
  const auto ids = kept_tokens(kLogits, sampling);
  return {ids.begin(), ids.end()};
}

std::string fault_of(const SamplingSettings& sampling) {
  try {
    check(sampling);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("top-k keeps all that equal the k-th, top-p at least one, min-p what is near the most likely") {
  CHECK(kept({.temperature = 1, .top_k = 1}) == std::set<std::int32_t>{1, 3});
  CHECK(kept({.temperature = 1, .top_k = 3}) == std::set<std::int32_t>{1, 2, 3});
  CHECK(kept({.temperature = 1, .top_k = 60}).size() == 6);
  CHECK(kept({.temperature = 1, .top_p = 1e-9}) == std::set<std::int32_t>{1});
  CHECK(kept({.temperature = 1, .top_p = 0.5}) == std::set<std::int32_t>{1, 3});
  CHECK(kept({.temperature = 1, .top_p = 0.9}) == std::set<std::int32_t>{1, 2, 3});
  CHECK(kept({.temperature = 1, .min_p = 0.3}) == std::set<std::int32_t>{1, 2, 3});
  CHECK(kept({.temperature = 0.5, .min_p = 0.3}) == std::set<std::int32_t>{1, 3});
  CHECK(kept({.temperature = 1, .top_p = 0.9, .top_k = 2}) == std::set<std::int32_t>{1, 3});
}

TEST_CASE("the repetition penalty makes what was said less likely, whatever the sign of its logit") {
  std::vector<float> logits = kLogits;
  penalize(logits, std::vector<std::int32_t>{1, 4, 5}, 2);
  CHECK(logits == std::vector<float>{1.0f, 1.5f, 2.0f, 3.0f, -2.0f, 0.0f});
}

TEST_CASE("draws have the probabilities of the kept tokens, and depend on the draw's number") {
  for (const SamplingSettings& sampling : {SamplingSettings{.temperature = 1}, SamplingSettings{.temperature = 2},
                                           SamplingSettings{.temperature = 1, .top_p = 0.9},
                                           SamplingSettings{.temperature = 1, .top_k = 3, .min_p = 0.1}}) {
    std::vector<double> counts(kLogits.size()), expected(kLogits.size());
    double sum = 0;
    for (const std::int32_t id : kept_tokens(kLogits, sampling)) {
      const auto place = static_cast<std::size_t>(id);
      sum += expected[place] = std::exp(kLogits[place] / sampling.temperature);
    }
    Random random(7);
    constexpr int kDraws = 40000;
    for (int i = 0; i < kDraws; ++i)
      counts[static_cast<std::size_t>(choose_token(kLogits, sampling, random.next()))] += 1.0 / kDraws;
    for (std::size_t id = 0; id < counts.size(); ++id) {
      if (expected[id] == 0) CHECK(counts[id] == 0);
      CHECK(counts[id] == doctest::Approx(expected[id] / sum).epsilon(0.05).scale(0.2));
    }
    CHECK(choose_token(kLogits, sampling, 99) == choose_token(kLogits, sampling, 99));
  }
}

TEST_CASE("a draw is the maximum over all tokens of logit / temperature + Gumbel noise") {
  Random random(11);
  std::vector<float> logits;
  for (int id = 0; id < 500; ++id) logits.push_back(static_cast<float>(4 * random.normal()));
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t draw = random.next();
    std::int32_t best = -1;
    double best_score = 0;
    for (std::int32_t id = 0; id < 500; ++id) {
      const double noise = -std::log(-std::log(1 - Random(draw + static_cast<std::uint64_t>(id)).uniform()));
      const double score = logits[static_cast<std::size_t>(id)] / 1.5 + noise;
      if (best < 0 || score > best_score) {
        best = id;
        best_score = score;
      }
    }
    CHECK(choose_token(logits, {.temperature = 1.5}, draw) == best);
  }
}

TEST_CASE("without a temperature the first of the largest logits is chosen; log-probabilities sum to 1") {
  CHECK(choose_token(kLogits, {}, 5) == 1);
  double sum = 0;
  for (std::int32_t id = 0; id < 6; ++id) sum += std::exp(log_probability(kLogits, id));
  CHECK(sum == doctest::Approx(1));
  CHECK(log_probability(kLogits, 1) > log_probability(kLogits, 2));
}

TEST_CASE("logits that are not finite are an error, and settings without a meaning are named") {
  const std::vector<float> broken(4, std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_AS(choose_token(broken, {}, 1), Error);
  CHECK_THROWS_AS(choose_token(broken, {.temperature = 1}, 1), Error);
  CHECK(fault_of({}) == "");
  CHECK(fault_of({.max_new_tokens = 0}) == "max-new-tokens: expected at least 1");
  CHECK(fault_of({.temperature = -1}) == "temperature: expected 0 or more");
  CHECK(fault_of({.top_p = 0}) == "top-p: expected a number above 0 and at most 1");
  CHECK(fault_of({.top_p = 1.5}) == "top-p: expected a number above 0 and at most 1");
  CHECK(fault_of({.top_k = -1}) == "top-k: expected 0 (no limit) or more");
  CHECK(fault_of({.min_p = 2}) == "min-p: expected a number between 0 and 1");
  CHECK(fault_of({.repetition_penalty = 0}) == "repetition-penalty: expected a number between 0.001 and 1000");
}
