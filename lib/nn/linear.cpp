#include "nn/linear.hpp"

#include "base/random.hpp"

namespace intelia::nn {

Tensor Linear::values() const { return packed ? unpack(*packed, at::kFloat) : weight.detach().to(at::kFloat); }

Tensor Linear::direction_norms() const {
  const torch::autograd::AutoGradMode without_gradient(false);
  const Tensor w = values(), a = lora->a.to(at::kFloat), b = lora->b.to(at::kFloat);
  // |w + s·b·A|² = |w|² + 2s·b·(A·w) + s²·b·(A·Aᵀ)·b, so that W + s·B·A is never held.
  const double s = lora->scaling;
  const Tensor mixed = (at::matmul(w, a.t()) * b).sum(1);                                      // [out]
  const Tensor added = (at::matmul(b, at::matmul(a, a.t())) * b).sum(1);                       // [out]
  return (w.square().sum(1) + 2 * s * mixed + s * s * added).clamp_min_(0).sqrt_();
}

Tensor Linear::product(const Tensor& x) const {
  return packed                   ? packed_linear(x, *packed)                                  // [N, out]
         : weight.requires_grad() ? at::linear(x, weight.to(x.scalar_type()))
                                  : frozen_linear(x, weight);
}

Tensor Linear::operator()(const Tensor& x, const Pass& pass) const {
  const at::ScalarType type = x.scalar_type();
  const Tensor base = product(x);
  Tensor y = bias.defined() ? base + bias.to(type) : base;
  if (!lora) return y;
  if (!pass.uses_adapter) {
    if (!lora->start_a.defined()) return y;
    return at::addmm(y, at::linear(x, lora->start_a.to(type)), lora->start_b.to(type).t(), /*beta=*/1, /*alpha=*/lora->scaling);
  }
  const double p = pass.is_training ? lora->dropout : 0;
  const Tensor dropped = dropout(x, p, Random(pass.seed ^ (number * 0x9e3779b97f4a7c15ULL)).next());
  const Tensor inner = at::linear(dropped, lora->a.to(type));                                  // [N, R]
  if (!lora->magnitude.defined())
    return at::addmm(y, inner, lora->b.to(type).t(), /*beta=*/1, /*alpha=*/lora->scaling);
  const Tensor stretch = (lora->magnitude / direction_norms()).to(type);                       // [out]
  const Tensor seen = p > 0 ? product(dropped) : base;                                         // PEFT: the base of what LoRA sees
  return y + (stretch - 1) * seen + stretch * at::linear(inner, lora->b.to(type)) * lora->scaling;
}

}  // namespace intelia::nn
