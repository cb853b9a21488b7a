// Dropout: its gradient, its rate, and that the mask depends on seed and index only.
#include "nn/operations/dropout.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "gradient.hpp"
#include "precision.hpp"

using namespace intelia::nn;

TEST_CASE("dropout: gradient, and rate and independence of the mask") {
  CHECK(gradient_error({normal({4, 9}, 17)}, [](const auto& in) { return intelia::nn::dropout(in[0], 0.3, 7); }) <
        1e-8);
  const Tensor ones = at::ones({1000, 1000});
  const Tensor y = intelia::nn::dropout(ones, 0.05, 1);
  const double kept = (y != 0).to(at::kDouble).mean().item<double>();
  CHECK(std::fabs(kept - 0.95) < 5 * std::sqrt(0.05 * 0.95 / 1e6));  // five standard deviations
  CHECK(y.max().item<float>() == doctest::Approx(1 / 0.95));
  CHECK(at::equal(y, intelia::nn::dropout(ones, 0.05, 1)));
  const double both_kept =
      ((y != 0).logical_and(intelia::nn::dropout(ones, 0.05, 2) != 0)).to(at::kDouble).mean().item<double>();
  CHECK(std::fabs(both_kept - 0.95 * 0.95) < 5 * std::sqrt(0.9025 * 0.0975 / 1e6));
  CHECK(at::equal(intelia::nn::dropout(ones, 0, 1), ones));
}

TEST_CASE("dropout drops the same elements in each type, whatever the size and the number of threads") {
  const int threads = at::get_num_threads();
  for (const std::int64_t size : {1L, 31L, 32L, 33L, 63L, 100L, 100'000L}) {
    CAPTURE(size);
    const Tensor x = normal({size}, 9).abs() + 1;
    const Tensor dropped = intelia::nn::dropout(x, 0.25, 77);
    const Tensor kept = dropped != 0;
    CHECK(at::allclose(dropped, x * kept / 0.75, 1e-12));
    for (const at::ScalarType type : kTypes) {
      at::set_num_threads(1);
      const Tensor alone = intelia::nn::dropout(x.to(type), 0.25, 77);
      at::set_num_threads(threads);
      CHECK(at::equal(intelia::nn::dropout(x.to(type), 0.25, 77), alone));
      CHECK(at::equal(alone != 0, kept));
      const Tensor total = x.to(type).clone();
      add_dropout(total, x.to(type), 0.25, 77);
      CHECK(error(total, x + dropped) < 2 * tolerance(type));
    }
    // Whether an element is dropped depends on its index alone: a longer tensor begins like a shorter one.
    if (size >= 64) CHECK(at::equal(intelia::nn::dropout(x.narrow(0, 0, 40), 0.25, 77), dropped.narrow(0, 0, 40)));
  }
}

TEST_CASE("the two halves of a mask hash are independent") {
  const Tensor kept = (intelia::nn::dropout(at::ones({32, 31250}), 0.5, 3) != 0).view({-1, 2, 16}).to(at::kDouble);
  const double both = (kept.select(1, 0) * kept.select(1, 1)).mean().item<double>();
  CHECK(std::fabs(both - 0.25) < 5 * std::sqrt(0.25 * 0.75 / 5e5));  // five standard deviations
}
