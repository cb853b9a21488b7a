#include "nn/operations/neftune.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace intelia::nn;

TEST_CASE("neftune_noise is uniform within the bounds of each sequence's own length, and depends on its seed") {
  const Tensor spans = at::cat({at::full({400}, 4, at::kLong), at::full({400}, 64, at::kLong)});
  const Tensor noise = neftune_noise(spans, 32, 5, 1);
  std::int64_t begin = 0;
  for (const double length : {4.0, 64.0}) {
    const Tensor part = noise.narrow(0, begin, 400);
    const double bound = 5 / std::sqrt(length * 32);
    CHECK(part.abs().max().item<double>() <= bound);
    CHECK(part.abs().max().item<double>() > 0.99 * bound);
    CHECK(std::fabs(part.mean().item<double>()) < 0.02 * bound);
    CHECK(part.var().item<double>() == doctest::Approx(bound * bound / 3).epsilon(0.03));
    begin += 400;
  }
  CHECK(at::equal(noise, neftune_noise(spans, 32, 5, 1)));
  CHECK(!at::equal(noise, neftune_noise(spans, 32, 5, 2)));
}
