// Rotary position embeddings (Su et al. 2021).
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/** Rotates the first `size` elements of each head as transformers does (halves, not neighbours, are pairs); the rest
   stays. x [N, H, E], cos and sin [N, size] -> [N, H, E]. Differentiable in x. */
Tensor apply_rotary(const Tensor& x, const Tensor& cos, const Tensor& sin);

/** The same in libtorch operations, whatever the device. */
Tensor apply_rotary_composed(const Tensor& x, const Tensor& cos, const Tensor& sin);

}  // namespace intelia::nn
