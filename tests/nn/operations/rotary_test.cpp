// Rotary embeddings against central differences in fp64, and each implementation against the formula in fp64.
#include "nn/operations/rotary.hpp"

#include <doctest/doctest.h>

#include "gradient.hpp"
#include "precision.hpp"

using namespace intelia::nn;

TEST_CASE("apply_rotary: gradient, and a rotation preserves norms") {
  const Tensor angles = normal({4, 3}, 4), both = at::cat({angles, angles}, -1);
  const Tensor cos = both.cos(), sin = both.sin();
  CHECK(gradient_error({normal({4, 2, 6}, 5)}, [&](const auto& in) { return apply_rotary(in[0], cos, sin); }) < 1e-8);
  const Tensor x = normal({4, 2, 6}, 6);
  CHECK(at::allclose(apply_rotary(x, cos, sin).norm(), x.norm(), 1e-12));
}

TEST_CASE("apply_rotary: a part of each head rotates like a head of its own, and the rest stays") {
  const Tensor angles = normal({4, 2}, 4), both = at::cat({angles, angles}, -1), x = normal({4, 3, 7}, 6);
  const Tensor cos = both.cos(), sin = both.sin(), y = apply_rotary(x, cos, sin);
  CHECK(at::equal(y.narrow(-1, 0, 4), apply_rotary(x.narrow(-1, 0, 4), cos, sin)));
  CHECK(at::equal(y.narrow(-1, 4, 3), x.narrow(-1, 4, 3)));
  CHECK(gradient_error({x}, [&](const auto& in) { return apply_rotary(in[0], cos, sin); }) < 1e-8);
}

TEST_CASE("apply_rotary and its inverse in each type, of whole heads and of parts, on the CPU and composed") {
  for (const auto operation : {apply_rotary, apply_rotary_composed}) {
    for (const at::ScalarType type : kTypes) {
      for (const std::int64_t rotated : {2, 6, 32, 34}) {
        CAPTURE(type);
        CAPTURE(rotated);
        const Tensor x = leaf(normal({4, 3, 34}, 7).to(type)), angles = normal({4, rotated}, 8);
        const Tensor cos = angles.cos().to(type), sin = angles.sin().to(type), y = operation(x, cos, sin);
        const Tensor c = cos.to(at::kDouble).unsqueeze(1), s = sin.to(at::kDouble).unsqueeze(1);
        const std::int64_t half = rotated / 2;
        // Composed, products are rounded to the type in between.
        const double allowed = (operation == apply_rotary ? 1 : 3) * tolerance(type);
        const auto exact_of = [&](const Tensor& exact, double sign) {
          const Tensor a = exact.narrow(-1, 0, half), b = exact.narrow(-1, half, half);
          const Tensor first = a * c.narrow(-1, 0, half) - sign * b * s.narrow(-1, 0, half);
          const Tensor second = b * c.narrow(-1, half, half) + sign * a * s.narrow(-1, half, half);
          return at::cat({first, second, exact.narrow(-1, rotated, 34 - rotated)}, -1);
        };
        CHECK(error(y, exact_of(x.detach().to(at::kDouble), 1)) < allowed);
        const Tensor grad = normal({4, 3, 34}, 9).to(type);
        y.backward(grad);
        CHECK(error(x.grad(), exact_of(grad.to(at::kDouble), -1)) < allowed);
      }
    }
  }
}
