// The differentiable operations that are written by hand, each with its backward. All are tested by finite differences.
#pragma once

#include "model/config.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/**
 * y = x / sqrt(mean(x²) + eps) · (weight + offset) (Zhang and Sennrich 2019), the mean in fp32. With an offset the
 * product is in fp32 too and rounded once, as Gemma has it; without, x is rounded first, as Llama has it. x [.., D],
 * weight [D] -> [.., D].
 */
Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps, double offset = 0);

/** Rotary positions (Su et al. 2021), halves rotated as transformers does. x [N, H, E], cos and sin [N, size] -> [N, H,
   E]; elements of a head from `size` on stay. */
Tensor rotate(const Tensor& x, const Tensor& cos, const Tensor& sin);

/** activation(gate) · up (Shazeer 2020). [N, F] each -> [N, F]. */
Tensor gated(const Tensor& gate, const Tensor& up, Activation activation);

/**
 * Σ −w·log softmax(hidden · headᵀ)[label] in nats, the logits made and dropped in chunks of rows, so that [S, V] never
 * exists. hidden [S', D], head [V, D], labels [S] (int64), weights w [S] fp32 or undefined (all 1) -> [] fp32; rows of
 * `hidden` behind the labels are padding. Logits z become softcap·tanh(z / softcap) when that is above 0. The gradient
 * of `hidden` (and of `head` when it is trained) is made in the same pass and only scaled in backward.
 */
Tensor head_loss(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap = 0,
                 const Tensor& weights = {});

/** The same per row, not weighted and without gradient: [S] fp32. */
Tensor head_losses(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap = 0);

/** x with each element zero with probability p, else divided by 1 − p; the mask depends on `seed` alone. */
Tensor dropout(const Tensor& x, double p, std::uint64_t seed);

/** total += dropout(x, p, seed), without gradient. */
void add_dropout(const Tensor& total, const Tensor& x, double p, std::uint64_t seed);

/** NEFTune (Jain et al. 2023): uniform noise in ±alpha/sqrt(T·D), T being the length of each token's own sequence.
   spans [N]: those lengths -> [N, size], where `spans` is; it depends on `seed` alone. */
Tensor neftune_noise(const Tensor& spans, std::int64_t size, double alpha, std::uint64_t seed);

/** A 4-bit weight as bitsandbytes stores it, on the device. Its scales are either quantized again or fp32. */
struct PackedWeight {
  Tensor codes;          // [(out·in + 1) / 2] uint8
  Tensor absmax;         // [blocks] fp32, or undefined when the four below hold the scales
  Tensor absmax_codes;   // [blocks] uint8
  Tensor nested_absmax;  // [blocks / 256] fp32
  Tensor map;            // [256] fp32: the dynamic map that absmax_codes index
  float offset = 0;
  std::int64_t out_features = 0, in_features = 0;
};

/** The weight's values, [out, in] in `dtype`. */
Tensor unpack(const PackedWeight& weight, at::ScalarType dtype);

/** x · Wᵀ without gradient; fp32 on the CPU by oneDNN's AVX-512 product (measured on a Zen 5: 195 GFLOP/s against
   120–170 of at::linear's). x [N, in], weight [out, in] -> [N, out]. */
Tensor product(const Tensor& x, const Tensor& weight);

/** x · Wᵀ with a W [out, in] that is not trained: no gradient of W is kept, and on the CPU fp32 goes to oneDNN, whose
   products are faster than those behind at::linear. x [N, in] -> [N, out]. */
Tensor frozen_linear(const Tensor& x, const Tensor& weight);

/** x · Wᵀ with W unpacked for the moment of use, in forward and in backward. x [N, in] -> [N, out]. */
Tensor packed_linear(const Tensor& x, const PackedWeight& weight);

}  // namespace intelia::nn
