#include "nn/operations/gated_activation.hpp"

#include <torch/csrc/autograd/custom_function.h>

#include "kernels/swiglu.hpp"
#include "nn/operations/cpu_pass.hpp"

namespace intelia::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** The gradients of gate and up. */
struct GatedGradients {
  Tensor gate, up;
};

struct Composed {
  static Tensor activate(const Tensor& gate, bool is_gelu) { return is_gelu ? at::gelu(gate, "tanh") : at::silu(gate); }
  static Tensor forward(const Tensor& gate, const Tensor& up, bool is_gelu) { return activate(gate, is_gelu).mul_(up); }
  static GatedGradients backward(const Tensor& gate, const Tensor& up, const Tensor& grad, bool is_gelu) {
    const Tensor grad_up = grad * activate(gate, is_gelu), grad_active = grad * up;
    return {is_gelu ? at::gelu_backward(grad_active, gate, "tanh") : at::silu_backward(grad_active, gate), grad_up};
  }
};

/** SwiGLU alone. */
struct OnCpu {
  static Tensor forward(const Tensor& given_gate, const Tensor& given_up, bool) {
    const Tensor gate = given_gate.contiguous(), up = given_up.contiguous(), y = at::empty_like(gate);
    if (y.is_meta()) return y;
    with_number(gate.scalar_type(), [&](auto number) {
      using T = decltype(number);
      at::parallel_for(0, y.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        kernels::swiglu(end - begin, data_of<T>(gate) + begin, data_of<T>(up) + begin, mutable_data_of<T>(y) + begin);
      });
    });
    return y;
  }

  static GatedGradients backward(const Tensor& given_gate, const Tensor& given_up, const Tensor& given_grad, bool) {
    const Tensor gate = given_gate.contiguous(), up = given_up.contiguous(), grad = given_grad.contiguous();
    const Tensor grad_gate = at::empty_like(gate), grad_up = at::empty_like(up);
    if (gate.is_meta()) return {grad_gate, grad_up};
    with_number(gate.scalar_type(), [&](auto number) {
      using T = decltype(number);
      at::parallel_for(0, gate.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        kernels::swiglu_backward(end - begin, data_of<T>(gate) + begin, data_of<T>(up) + begin,
                                 data_of<T>(grad) + begin, mutable_data_of<T>(grad_gate) + begin,
                                 mutable_data_of<T>(grad_up) + begin);
      });
    });
    return {grad_gate, grad_up};
  }
};

template <class Implementation>
struct Gated : Function<Gated<Implementation>> {
  static Tensor forward(AutogradContext* ctx, const Tensor& gate, const Tensor& up, bool is_gelu) {
    ctx->save_for_backward({gate, up});
    ctx->saved_data["is_gelu"] = is_gelu;
    return Implementation::forward(gate, up, is_gelu);
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto [gate, up] = Implementation::backward(saved[0], saved[1], grads[0], ctx->saved_data["is_gelu"].toBool());
    return {gate, up, Tensor()};
  }
};

}  // namespace

Tensor gated_activation(const Tensor& gate, const Tensor& up, Activation activation) {
  check_shape(up, gate.sizes(), "gated_activation up");
  if (has_cpu_pass(gate) && activation == Activation::silu) return Gated<OnCpu>::apply(gate, up, /*is_gelu=*/false);
  return gated_activation_composed(gate, up, activation);
}

Tensor geglu(const Tensor& given_gate, const Tensor& given_up) {
  const Tensor gate = given_gate.contiguous(), up = given_up.contiguous(), y = at::empty_like(gate);
  at::parallel_for(0, y.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    kernels::geglu(end - begin, data_of<float>(gate) + begin, data_of<float>(up) + begin,
                   mutable_data_of<float>(y) + begin);
  });
  return y;
}

Tensor gated_activation_composed(const Tensor& gate, const Tensor& up, Activation activation) {
  return Gated<Composed>::apply(gate, up, activation == Activation::gelu_tanh);
}

}  // namespace intelia::nn
