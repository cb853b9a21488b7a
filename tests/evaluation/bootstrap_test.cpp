// The bootstrap against closed forms, and the verdict.
#include "evaluation/bootstrap.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "evaluation/loss_comparison.hpp"

using namespace intelia;

TEST_CASE("the bootstrap of 0/1 units is binomial") {
  // n = 100 with 50 ones: the bootstrap mean is Binomial(100, 0.5)/100, whose 2.5 % and 97.5 % quantiles are 40 and 60
  // (tables of the binomial distribution; scipy.stats.binom.ppf gives the same).
  std::vector<RatioUnit> units;
  for (int i = 0; i < 100; ++i) units.push_back({i < 50 ? 1.0 : 0.0, 1.0});
  const Interval interval = bootstrap_ratio(units, 7, 20000);
  CHECK(interval.low == doctest::Approx(0.40).epsilon(0.026));
  CHECK(interval.high == doctest::Approx(0.60).epsilon(0.018));
}

TEST_CASE("equal units give an interval of width 0, a single unit an infinite one") {
  const std::vector<RatioUnit> equal(40, RatioUnit{-2.0, 8.0});
  CHECK(bootstrap_ratio(equal, 1).low == -0.25);
  CHECK(bootstrap_ratio(equal, 1).high == -0.25);
  CHECK(std::isinf(bootstrap_ratio(std::vector<RatioUnit>{{1.0, 1.0}}, 1).high));
}

TEST_CASE("the same seed gives the same interval, another seed another") {
  std::vector<RatioUnit> units;
  for (int i = 0; i < 50; ++i) units.push_back({std::sin(i), 1.0 + i % 3});
  CHECK(bootstrap_ratio(units, 3).low == bootstrap_ratio(units, 3).low);
  CHECK(bootstrap_ratio(units, 3).low != bootstrap_ratio(units, 4).low);
}

namespace {

std::vector<ConversationLoss> losses(int n, double shift) {
  std::vector<ConversationLoss> list;
  for (int i = 0; i < n; ++i) {
    ConversationLoss loss{"c" + std::to_string(i), i % 2 ? "fr" : "en", 40.0 + i % 7, 0, 20, 80};
    loss.candidate_loss = loss.base_loss + shift + 0.5 * std::sin(i);
    list.push_back(loss);
  }
  return list;
}

}  // namespace

TEST_CASE("the verdict follows the side of the interval") {
  CHECK(decide(compare_losses(losses(40, -4), 1).overall, 30) == Verdict::deploy);
  CHECK(decide(compare_losses(losses(40, +4), 1).overall, 30) == Verdict::do_not);
  CHECK(decide(compare_losses(losses(40, 0), 1).overall, 30) == Verdict::not_enough_data);
  CHECK(decide(compare_losses(losses(29, -4), 1).overall, 30) == Verdict::not_enough_data);
}

TEST_CASE("loss, perplexity and bits per byte from sums") {
  const ConversationLoss one{"a", "fr", 10, 5, 10, 4}, two{"b", "fr", 20, 20, 10, 36};
  const LossSummary all = compare_losses({one, two}, 1).overall;
  CHECK(all.base_loss == doctest::Approx(1.5));                 // 30 nats / 20 tokens
  CHECK(all.base_perplexity == doctest::Approx(4.4816890703));  // e^1.5
  CHECK(all.base_bits_per_byte == doctest::Approx(30 / (40 * 0.69314718056)));
  CHECK(all.difference == doctest::Approx(-0.25));  // (25 − 30) / 20
}

TEST_CASE("models with different tokenizers are compared per byte, each with its own tokens") {
  const ConversationLoss one{"a", "fr", 10, 5, 10, 4, 5}, two{"b", "fr", 20, 20, 10, 36, 10};
  const LossSummary all = compare_losses({one, two}, 1, LossUnit::byte).overall;
  CHECK(all.base_loss == doctest::Approx(1.5));
  CHECK(all.candidate_loss == doctest::Approx(25.0 / 15));
  CHECK(all.difference == doctest::Approx(-5.0 / 40));
}
