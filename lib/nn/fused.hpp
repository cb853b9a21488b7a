// Tensors to kernels/fused.hpp: a block's element-wise parts in one pass over memory each, on the CPU's threads. On
// device meta they make what they make on the CPU. Elsewhere, and in fp16, functions.cpp composes the same of library
// operations.
#pragma once

#include "kernels/fused.hpp"
#include "nn/shapes.hpp"

namespace intelia::nn {

/** Whether the functions below take `x`. */
inline bool is_fused(const Tensor& x) { return (x.is_cpu() || x.is_meta()) && x.scalar_type() != at::kHalf; }

/** The kernels' name of a tensor's numbers: calls run(T{}) with T Bf16, float or double. */
template <class Run>
void with_number(at::ScalarType type, Run run) {
  switch (type) {
    case at::kBFloat16:
      return run(kernels::Bf16{});
    case at::kFloat:
      return run(float{});
    case at::kDouble:
      return run(double{});
    default:
      throw Error(Kind::internal, std::string("[with_number] no kernel for ") + at::toString(type));
  }
}

template <class T>
const T* read(const Tensor& x) {
  return static_cast<const T*>(x.const_data_ptr());
}
template <class T>
T* written(const Tensor& x) {
  return static_cast<T*>(x.mutable_data_ptr());
}

/** x [.., D], weight [D] -> y [.., D] and rstd [rows] (wide), as kernels::rms_norm says. */
std::pair<Tensor, Tensor> fused_rms_norm(const Tensor& x, const Tensor& weight, double eps, double offset);
/** -> the gradient of x, [.., D]. */
Tensor fused_rms_norm_backward(const Tensor& x, const Tensor& weight, const Tensor& rstd, const Tensor& grad,
                               double offset);

/** silu(gate)·up: [N, F]. */
Tensor fused_silu_gated(const Tensor& gate, const Tensor& up);
/** -> the gradients of gate and up. */
std::pair<Tensor, Tensor> fused_silu_gated_backward(const Tensor& gate, const Tensor& up, const Tensor& grad);

/** x [N, H, E], cos and sin [N, size] -> [N, H, E]; `sign` −1 turns back. */
Tensor fused_turn(const Tensor& x, const Tensor& cos, const Tensor& sin, double sign);

/** x with elements dropped, as kernels::drop says. */
Tensor fused_drop(const Tensor& x, double p, std::uint64_t seed);
/** total += x with elements dropped. */
void add_fused_drop(const Tensor& total, const Tensor& x, double p, std::uint64_t seed);

}  // namespace intelia::nn
