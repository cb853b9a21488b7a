// RMSNorm against central differences in fp64, and each implementation against its formula in fp64.
#include "nn/operations/rms_norm.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "gradient.hpp"
#include "precision.hpp"

using namespace intelia::nn;

TEST_CASE("rms_norm: gradient of x and weight, with and without an offset, of rows and of heads") {
  for (const double offset : {0.0, 1.0}) {
    CHECK(gradient_error({normal({3, 8}, 1), normal({8}, 2)},
                         [&](const auto& in) { return rms_norm(in[0], in[1], 1e-5, offset); }) < 1e-8);
    CHECK(gradient_error({normal({3, 2, 4}, 1), normal({4}, 2)},
                         [&](const auto& in) { return rms_norm(in[0], in[1], 1e-5, offset); }) < 1e-8);
  }
}

TEST_CASE("rms_norm of ones is the weight, up to eps") {
  const Tensor weight = normal({8}, 3);
  const Tensor y = rms_norm(at::ones({2, 8}, at::kDouble), weight, 0.21);
  CHECK(at::allclose(y[1], weight / std::sqrt(1.21), 1e-12));
  CHECK(
      at::allclose(rms_norm(at::ones({2, 8}, at::kDouble), weight, 0.21, 1)[0], (weight + 1) / std::sqrt(1.21), 1e-12));
}

TEST_CASE("rms_norm and its gradient in each type, at sizes around the lanes, on the CPU and composed") {
  for (const auto operation : {rms_norm, rms_norm_composed}) {
    for (const at::ScalarType type : kTypes) {
      for (const std::int64_t size : kSizes) {
        for (const double offset : {0.0, 1.0}) {
          CAPTURE(type);
          CAPTURE(size);
          const Tensor x = leaf(normal({5, size}, 1).to(type)), weight = normal({size}, 2).to(type),
                       grad = normal({5, size}, 3).to(type);
          const Tensor y = operation(x, weight, 1e-5, offset), exact_x = leaf(x.to(at::kDouble));
          const Tensor exact =
              exact_x * (exact_x.square().mean(-1, true) + 1e-5).rsqrt() * (weight.to(at::kDouble) + offset);
          CHECK((y.scalar_type() == type));
          CHECK(error(y, exact) < 3 * tolerance(type));
          exact.backward(grad.to(at::kDouble));
          y.backward(grad);
          CHECK(error(x.grad(), exact_x.grad()) < 3 * tolerance(type));
        }
      }
    }
  }
}

TEST_CASE("rms_norm of squares that overflow is NaN, so that training stops") {
  for (const auto operation : {rms_norm, rms_norm_composed}) {
    const Tensor x = at::full({1, 4}, 1e30f);
    CHECK(operation(x, at::ones({4}), 1e-5, 0).isnan().all().item<bool>());
    CHECK(operation(x * 1e-12, at::ones({4}), 1e-5, 0).allclose(at::ones({1, 4})));
  }
}
