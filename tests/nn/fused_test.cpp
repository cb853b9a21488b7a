// The one-pass kernels of the CPU, in each kind of number and at awkward sizes, against the same formulas in fp64
// library operations.
#include "nn/fused.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "gradient.hpp"

using namespace intelia::nn;

namespace {

/** Half a unit in the last place of 1, and a few roundings of sums in between. */
double tolerance(at::ScalarType type) { return type == at::kBFloat16 ? 1.0 / 256 : type == at::kFloat ? 2e-6 : 1e-13; }

/** The largest difference between `value` and the exact one, in parts of the exact one's size (1 where that is small).
 */
double error(const Tensor& value, const Tensor& exact) {
  return ((value.to(at::kDouble) - exact).abs() / exact.abs().clamp_min(1)).max().item<double>();
}

constexpr at::ScalarType kTypes[] = {at::kBFloat16, at::kFloat, at::kDouble};
constexpr std::int64_t kSizes[] = {1, 2, 15, 16, 17, 31, 33, 100, 1000};

}  // namespace

TEST_CASE("fused_rms_norm and its backward in each kind of number, at sizes around the lanes") {
  for (const at::ScalarType type : kTypes) {
    for (const std::int64_t size : kSizes) {
      for (const double offset : {0.0, 1.0}) {
        CAPTURE(type);
        CAPTURE(size);
        const Tensor x = normal({5, size}, 1).to(type), weight = normal({size}, 2).to(type),
                     grad = normal({5, size}, 3).to(type);
        const auto [y, rstd] = fused_rms_norm(x, weight, 1e-5, offset);
        Tensor exact_x = x.to(at::kDouble).set_requires_grad(true);
        const Tensor exact =
            exact_x * (exact_x.square().mean(-1, true) + 1e-5).rsqrt() * (weight.to(at::kDouble) + offset);
        CHECK(error(y, exact) < 3 * tolerance(type));
        exact.backward(grad.to(at::kDouble));
        CHECK(error(fused_rms_norm_backward(x, weight, rstd, grad, offset), exact_x.grad()) < 3 * tolerance(type));
      }
    }
  }
}

TEST_CASE("fused_rms_norm of squares that overflow is NaN, which training stops at") {
  const Tensor x = at::full({1, 4}, 1e30f);
  CHECK(fused_rms_norm(x, at::ones({4}), 1e-5, 0).first.isnan().all().item<bool>());
  CHECK(fused_rms_norm(x * 1e-12, at::ones({4}), 1e-5, 0).first.allclose(at::ones({1, 4})));
}

TEST_CASE("fused_silu_gated and its backward in each kind of number, and far out") {
  for (const at::ScalarType type : kTypes) {
    for (const std::int64_t size : kSizes) {
      CAPTURE(type);
      CAPTURE(size);
      const Tensor gate = (normal({3, size}, 4) * 4).to(type), up = normal({3, size}, 5).to(type),
                   grad = normal({3, size}, 6).to(type);
      const Tensor exact_gate = gate.to(at::kDouble).set_requires_grad(true),
                   exact_up = up.to(at::kDouble).set_requires_grad(true);
      const Tensor exact = at::silu(exact_gate) * exact_up;
      exact.backward(grad.to(at::kDouble));
      CHECK(error(fused_silu_gated(gate, up), exact) < 3 * tolerance(type));
      const auto [grad_gate, grad_up] = fused_silu_gated_backward(gate, up, grad);
      CHECK(error(grad_gate, exact_gate.grad()) < 3 * tolerance(type));
      CHECK(error(grad_up, exact_up.grad()) < 3 * tolerance(type));
    }
  }
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor far = at::tensor({-1e38f, -200.0f, -88.5f, 88.5f, 1e38f, infinity});
  const Tensor y = fused_silu_gated(far, at::ones_like(far));
  CHECK(at::equal(y.narrow(0, 3, 3), far.narrow(0, 3, 3)));
  CHECK(y.narrow(0, 0, 3).abs().max().item<float>() < 1e-36f);
  CHECK(fused_silu_gated(at::tensor({NAN}), at::ones({1})).isnan().all().item<bool>());
}

TEST_CASE("fused_turn in each kind of number, of whole heads and of parts") {
  for (const at::ScalarType type : kTypes) {
    for (const std::int64_t turned : {2, 6, 32, 34}) {
      CAPTURE(type);
      CAPTURE(turned);
      const Tensor x = normal({4, 3, 34}, 7).to(type), angles = normal({4, turned}, 8);
      const Tensor cos = angles.cos().to(type), sin = angles.sin().to(type), y = fused_turn(x, cos, sin, -1);
      const Tensor exact = x.to(at::kDouble), c = cos.to(at::kDouble).unsqueeze(1),
                   s = sin.to(at::kDouble).unsqueeze(1);
      const std::int64_t half = turned / 2;
      const Tensor a = exact.narrow(-1, 0, half), b = exact.narrow(-1, half, half);
      const Tensor first = a * c.narrow(-1, 0, half) + b * s.narrow(-1, 0, half);
      const Tensor second = b * c.narrow(-1, half, half) - a * s.narrow(-1, half, half);
      CHECK(error(y, at::cat({first, second, exact.narrow(-1, turned, 34 - turned)}, -1)) < tolerance(type));
    }
  }
}

TEST_CASE("fused_drop drops the same elements in each kind of number, whatever the size and the number of threads") {
  const int threads = at::get_num_threads();
  for (const std::int64_t size : {1L, 31L, 32L, 33L, 63L, 100L, 100'000L}) {
    CAPTURE(size);
    const Tensor x = normal({size}, 9).abs() + 1;
    const Tensor dropped = fused_drop(x, 0.25, 77);
    const Tensor kept = dropped != 0;
    CHECK(at::allclose(dropped, x * kept / 0.75, 1e-12));
    for (const at::ScalarType type : kTypes) {
      at::set_num_threads(1);
      const Tensor alone = fused_drop(x.to(type), 0.25, 77);
      at::set_num_threads(threads);
      CHECK(at::equal(fused_drop(x.to(type), 0.25, 77), alone));
      CHECK(at::equal(alone != 0, kept));
      const Tensor total = x.to(type).clone();
      add_fused_drop(total, x.to(type), 0.25, 77);
      CHECK(error(total, x + dropped) < 2 * tolerance(type));
    }
    // An element's fate is its number's, not its neighbours': a longer tensor begins like a shorter one.
    if (size >= 64) CHECK(at::equal(fused_drop(x.narrow(0, 0, 40), 0.25, 77), dropped.narrow(0, 0, 40)));
  }
}

TEST_CASE("a dropout's two halves of a hash are independent") {
  const Tensor kept = (fused_drop(at::ones({32, 31250}), 0.5, 3) != 0).view({-1, 2, 16}).to(at::kDouble);
  const double both = (kept.select(1, 0) * kept.select(1, 1)).mean().item<double>();
  CHECK(std::fabs(both - 0.25) < 5 * std::sqrt(0.25 * 0.75 / 5e5));  // five standard deviations
}
