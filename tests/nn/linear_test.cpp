// Linear layers with frozen weights, against central differences in fp64. tests/parity compares LoRA with PEFT.
#include "nn/linear.hpp"

#include <doctest/doctest.h>

#include "gradient.hpp"

using namespace intelia::nn;

namespace {

Linear make_linear(bool is_nf4, bool has_lora) {
  Linear linear;
  const Tensor weight = normal({6, 64}, 14).to(at::kFloat);
  if (is_nf4)
    linear.nf4 = quantize_nf4(weight);
  else
    linear.weight = weight.to(at::kDouble);
  linear.bias = normal({6}, 15);
  if (has_lora) linear.lora.emplace(Lora{.a = normal({3, 64}, 16), .b = normal({6, 3}, 17), .dropout = 0.3});
  return linear;
}

}  // namespace

TEST_CASE("a frozen linear layer: its values and the gradient of its input, dense and in NF4, with and without LoRA") {
  const Tensor x = normal({2, 64}, 18);
  for (const bool is_nf4 : {false, true}) {
    for (const bool has_lora : {false, true}) {
      CAPTURE(is_nf4);
      CAPTURE(has_lora);
      const Linear linear = make_linear(is_nf4, has_lora);
      const Tensor weight = is_nf4 ? dequantize(*linear.nf4, at::kDouble) : linear.weight;
      Tensor expected = at::linear(x, weight, linear.bias);
      if (has_lora) expected = expected + 2 * at::linear(at::linear(x, linear.lora->a), linear.lora->b);
      CHECK(at::allclose(linear(x, {}), expected, 1e-12));
      const Pass pass{.is_training = true, .seed = 7};
      CHECK(gradient_error({x.clone()}, [&](const auto& in) { return linear(in[0], pass); }) < 1e-7);
    }
  }
}

TEST_CASE("LoRA on a frozen linear layer: the gradients of A and B") {
  const Tensor x = normal({2, 64}, 18);
  for (const bool is_nf4 : {false, true}) {
    CAPTURE(is_nf4);
    Linear linear = make_linear(is_nf4, /*has_lora=*/true);
    const Pass pass{.is_training = true, .seed = 7};
    CHECK(gradient_error({linear.lora->a, linear.lora->b}, [&](const auto&) { return linear(x, pass); }) < 1e-7);
  }
}
