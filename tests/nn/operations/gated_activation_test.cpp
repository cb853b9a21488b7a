// Gated activations against central differences in fp64, and each implementation against the formula in fp64.
#include "nn/operations/gated_activation.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "gradient.hpp"
#include "precision.hpp"

using namespace intelia::nn;

TEST_CASE("gated_activation: gradient of gate and up, for each activation") {
  for (const intelia::Activation activation : {intelia::Activation::silu, intelia::Activation::gelu_tanh})
    CHECK(gradient_error({normal({3, 5}, 7), normal({3, 5}, 8)},
                         [&](const auto& in) { return gated_activation(in[0], in[1], activation); }) < 1e-8);
}

TEST_CASE("SwiGLU and its gradients in each type, on the CPU and composed") {
  for (const auto operation : {gated_activation, gated_activation_composed}) {
    for (const at::ScalarType type : kTypes) {
      for (const std::int64_t size : kSizes) {
        CAPTURE(type);
        CAPTURE(size);
        const Tensor gate = leaf((normal({3, size}, 4) * 4).to(type)), up = leaf(normal({3, size}, 5).to(type)),
                     grad = normal({3, size}, 6).to(type);
        const Tensor exact_gate = leaf(gate.to(at::kDouble)), exact_up = leaf(up.to(at::kDouble));
        const Tensor exact = at::silu(exact_gate) * exact_up;
        exact.backward(grad.to(at::kDouble));
        const Tensor y = operation(gate, up, intelia::Activation::silu);
        y.backward(grad);
        // Composed, products are rounded to the type in between.
        const double allowed = (operation == gated_activation ? 3 : 12) * tolerance(type);
        CHECK(error(y, exact) < allowed);
        CHECK(error(gate.grad(), exact_gate.grad()) < allowed);
        CHECK(error(up.grad(), exact_up.grad()) < allowed);
      }
    }
  }
}

TEST_CASE("SwiGLU of very large and very small numbers, of infinity and of NaN") {
  const auto swiglu = [](const Tensor& gate) {
    return gated_activation(gate, at::ones_like(gate), intelia::Activation::silu);
  };
  const float infinity = std::numeric_limits<float>::infinity();
  const Tensor far = at::tensor({-1e38f, -200.0f, -88.5f, 88.5f, 1e38f, infinity}), y = swiglu(far);
  CHECK(at::equal(y.narrow(0, 3, 3), far.narrow(0, 3, 3)));
  CHECK(y.narrow(0, 0, 3).abs().max().item<float>() < 1e-36f);
  CHECK(swiglu(at::tensor({NAN})).isnan().all().item<bool>());
}
