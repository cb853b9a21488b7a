// The gated activations of MLPs (Shazeer 2020): SwiGLU and GeGLU.
#pragma once

#include "model/config.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** activation(gate) · up. [N, F] each -> [N, F]. Differentiable in both. */
Tensor gated_activation(const Tensor& gate, const Tensor& up, Activation activation);

/** The same in libtorch operations, whatever the device. */
Tensor gated_activation_composed(const Tensor& gate, const Tensor& up, Activation activation);

/** GeGLU on the CPU, fp32, without gradient: an element's result does not depend on its place in the tensor, unlike
   that of libtorch's GELU. */
Tensor geglu(const Tensor& gate, const Tensor& up);

}  // namespace intelia::nn
