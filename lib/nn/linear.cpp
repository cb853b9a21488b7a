#include "nn/linear.hpp"

#include "base/random.hpp"

namespace intelia::nn {

Tensor Linear::operator()(const Tensor& x, const Pass& pass) const {
  Tensor y = packed                   ? packed_linear(x, *packed)                               // [N, out]
             : weight.requires_grad() ? at::linear(x, weight.to(x.scalar_type()))
                                      : frozen_linear(x, weight);
  if (bias.defined()) y = y + bias.to(x.scalar_type());
  if (!lora || !pass.uses_adapter) return y;
  const double p = pass.is_training ? lora->dropout : 0;
  const Tensor dropped = dropout(x, p, Random(pass.seed ^ (number * 0x9e3779b97f4a7c15ULL)).next());
  const Tensor inner = at::linear(dropped, lora->a.to(x.scalar_type()));                       // [N, R]
  return at::addmm(y, inner, lora->b.to(x.scalar_type()).t(), /*beta=*/1, /*alpha=*/lora->scaling);
}

}  // namespace intelia::nn
