// Soft capping of attention scores and logits (Gemma 2).
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/** cap·tanh(x / cap): smoothly limited to (−cap, cap). */
inline Tensor softcapped(const Tensor& x, double cap) { return at::tanh(x / cap) * cap; }

}  // namespace intelia::nn
