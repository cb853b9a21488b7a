// The gated activations of MLPs (Shazeer 2020): SwiGLU and GeGLU.
#pragma once

#include "model/config.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** activation(gate) · up. [N, F] each -> [N, F]. Differentiable in both. */
Tensor gated_activation(const Tensor& gate, const Tensor& up, Activation activation);

/** The same in libtorch operations, whatever the device. */
Tensor gated_activation_composed(const Tensor& gate, const Tensor& up, Activation activation);

}  // namespace intelia::nn
