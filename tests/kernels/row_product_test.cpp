// The product and the attention of generation: equal to the definition, and a row's bits do not depend on other rows.
#include "kernels/row_product.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.hpp"
#include "kernels/cached_attention.hpp"

using namespace intelia;

namespace {

std::vector<float> random_numbers(std::int64_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> numbers;
  for (std::int64_t i = 0; i < count; ++i) numbers.push_back(static_cast<float>(random.normal()));
  return numbers;
}

std::vector<kernels::Bf16> rounded(const std::vector<float>& numbers) {
  std::vector<kernels::Bf16> result;
  for (const float x : numbers) result.push_back(kernels::narrow<kernels::Bf16>(x));
  return result;
}

constexpr std::int64_t kRows = 17;

template <class X, class T>
void check_product(std::int64_t inner, std::int64_t count, const std::vector<X>& x, const std::vector<T>& weight) {
  std::vector<float> together(kRows * count, -1.0f);
  kernels::row_product(kRows, inner, x.data(), weight.data(), count, together.data(), count);
  for (std::int64_t m = 0; m < kRows; ++m)
    for (std::int64_t n = 0; n < count; ++n) {
      double sum = 0;
      for (std::int64_t k = 0; k < inner; ++k)
        sum += static_cast<double>(kernels::widen(x[m * inner + k])) * kernels::widen(weight[n * inner + k]);
      CHECK(together[m * count + n] == doctest::Approx(sum).epsilon(1e-4).scale(std::sqrt(static_cast<double>(inner))));
    }
  for (std::int64_t rows = 1; rows < kRows; ++rows)
    for (std::int64_t first = 0; first + rows <= kRows; first += rows) {
      std::vector<float> alone(rows * count);
      kernels::row_product(rows, inner, x.data() + first * inner, weight.data(), count, alone.data(), count);
      for (std::int64_t i = 0; i < rows * count; ++i)
        REQUIRE(std::bit_cast<std::uint32_t>(alone[i]) == std::bit_cast<std::uint32_t>(together[first * count + i]));
    }
}

}  // namespace

TEST_CASE("a row's product has the same bits whatever the other rows and the columns of a call are") {
  for (const std::int64_t inner : {1, 15, 16, 40, 96, 257})
    for (const std::int64_t count : {1, 3, 4, 7, 8, 21}) {
      CAPTURE(inner);
      CAPTURE(count);
      const std::vector<float> weight = random_numbers(count * inner, 1);
      const std::vector<float> x = random_numbers(kRows * inner, 2);
      check_product(inner, count, x, weight);
      check_product(inner, count, x, rounded(weight));
      if (kernels::has_bf16_products()) check_product(inner, count, rounded(x), rounded(weight));
    }
}

TEST_CASE("cached attention equals its definition, with windows, soft caps and blocks in any order") {
  constexpr std::int64_t kSize = 24, kTokens = 8, kLength = 37;
  const std::vector<float> keys = random_numbers(6 * kTokens * kSize, 3),
                           values = random_numbers(6 * kTokens * kSize, 4), q = random_numbers(3 * kSize, 5);
  const std::vector<std::int32_t> blocks = {4, 0, 5, 2, 1};
  const kernels::CachedHead<float> head{keys.data(), values.data(), blocks.data(), kTokens * kSize, kTokens, kSize};
  const auto row = [&](const std::vector<float>& cache, std::int64_t token) {
    return cache.data() + (blocks[static_cast<std::size_t>(token / kTokens)] * kTokens + token % kTokens) * kSize;
  };
  for (const std::int64_t window : {0, 1, 5, 20, 100})
    for (const float softcap : {0.0f, 2.0f}) {
      const kernels::CachedQuery query{3, kLength - 1, window, 0.3f, softcap};
      std::vector<float> scores(static_cast<std::size_t>(kernels::num_cached_scores(query, kTokens)));
      std::vector<float> y(3 * kSize);
      kernels::attend_cached(query, head, q.data(), scores.data(), y.data());
      const std::int64_t first = window > 0 ? std::max<std::int64_t>(0, kLength - window) : 0;
      for (std::int64_t h = 0; h < 3; ++h) {
        std::vector<double> weights;
        for (std::int64_t t = first; t < kLength; ++t) {
          double score = 0;
          for (std::int64_t e = 0; e < kSize; ++e) score += static_cast<double>(q[h * kSize + e]) * row(keys, t)[e];
          score *= 0.3;
          weights.push_back(std::exp(softcap > 0 ? softcap * std::tanh(score / softcap) : score));
        }
        const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        for (std::int64_t e = 0; e < kSize; ++e) {
          double expected = 0;
          for (std::int64_t t = first; t < kLength; ++t)
            expected += weights[static_cast<std::size_t>(t - first)] / sum * row(values, t)[e];
          CHECK(y[h * kSize + e] == doctest::Approx(expected).epsilon(1e-4));
        }
      }
    }
}
