// RMSNorm (Zhang and Sennrich 2019).
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/**
 * y = x / sqrt(mean(x²) + eps) · (weight + offset), the mean in fp32. With an offset the product is in fp32 too and
 * rounded once, as in Gemma; without, the normalized x is rounded first, as in Llama. x [.., D], weight [D] -> [.., D].
 * Differentiable in x and weight.
 */
Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps, double offset = 0);

/** The same in libtorch operations, whatever the device. */
Tensor rms_norm_composed(const Tensor& x, const Tensor& weight, double eps, double offset = 0);

}  // namespace intelia::nn
