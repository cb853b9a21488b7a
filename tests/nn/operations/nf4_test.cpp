// NF4 weights: rounding, and dequantization on the CPU against the definition in libtorch operations.
#include "nn/operations/nf4.hpp"

#include <doctest/doctest.h>

#include "gradient.hpp"
#include "precision.hpp"

using namespace intelia::nn;

TEST_CASE("quantize_nf4 keeps a weight within half a step of the codebook") {
  const Tensor weight = normal({8, 64}, 16).to(at::kFloat);
  const Tensor values = dequantize(quantize_nf4(weight), at::kFloat);
  const Tensor largest = weight.abs().amax(1, /*keepdim=*/true);
  // The widest gap between neighbouring codes is 0.304 of the block's largest value; double quantization adds its own
  // part.
  CHECK(((values - weight).abs() / largest).max().item<float>() < 0.304f / 2 + 0.01f);
}

TEST_CASE("dequantize gives in each type the values of its definition, with and without double quantization") {
  for (const bool is_nested : {true, false}) {
    for (const std::int64_t columns : {1, 63, 64, 65, 200}) {
      CAPTURE(is_nested);
      CAPTURE(columns);
      const Nf4Weight weight = quantize_nf4(normal({7, columns}, 16).to(at::kFloat), is_nested);
      for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kHalf, at::kDouble}) {
        const Tensor values = dequantize(weight, type);
        CHECK((values.scalar_type() == type));
        CHECK(at::equal(values, dequantize_composed(weight, type)));
      }
    }
  }
}
