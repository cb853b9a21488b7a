#include "nn/linear.hpp"

#include <torch/csrc/autograd/custom_function.h>

#include "base/random.hpp"
#include "nn/operations/dropout.hpp"
#include "nn/operations/product.hpp"
#include "nn/operations/row_product.hpp"

namespace intelia::nn {

Tensor Linear::values() const { return nf4 ? dequantize(*nf4, at::kFloat) : weight.detach().to(at::kFloat); }

Tensor Linear::direction_norms() const {
  const torch::autograd::AutoGradMode without_gradient(false);
  const Tensor w = values(), a = lora->a.to(at::kFloat), b = lora->b.to(at::kFloat);
  // |w + s·b·A|² = |w|² + 2s·b·(A·w) + s²·b·(A·Aᵀ)·b, so that W + s·B·A never exists.
  const double s = lora->scaling;
  const Tensor mixed = (at::matmul(w, a.t()) * b).sum(1);                 // [out]
  const Tensor added = (at::matmul(b, at::matmul(a, a.t())) * b).sum(1);  // [out]
  return (w.square().sum(1) + 2 * s * mixed + s * s * added).clamp_min_(0).sqrt_();
}

const Tensor& Linear::cached_direction_norms() const {
  const Tensor &a = lora->a, &b = lora->b;
  Lora::Norms& norms = lora->norms;
  const bool is_current = norms.values.defined() && norms.a == a.const_data_ptr() && norms.b == b.const_data_ptr() &&
                          norms.a_version == a._version() && norms.b_version == b._version();
  if (!is_current) norms = {direction_norms(), a.const_data_ptr(), b.const_data_ptr(), a._version(), b._version()};
  return norms.values;
}

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** x · Wᵀ, or in the backward grad · W, with the frozen weight, dense or NF4. */
Tensor frozen_product(const Linear& linear, const Tensor& x, bool is_backward) {
  const Tensor weight = linear.nf4 ? dequantize(*linear.nf4, x.scalar_type()) : linear.weight;
  return product(x, is_backward ? weight.t() : weight);
}

/** x · Wᵀ with W frozen: no gradient of W is computed, and a dequantized W is not kept for the backward. x [N, in] ->
   [N, out]. The layer must outlive the graph. */
struct FrozenLinear : Function<FrozenLinear> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Linear* linear) {
    ctx->saved_data["linear"] = reinterpret_cast<std::int64_t>(linear);
    return frozen_product(*linear, x, /*is_backward=*/false);
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    if (!ctx->needs_input_grad(0)) return {Tensor(), Tensor()};
    const auto& linear = *reinterpret_cast<const Linear*>(ctx->saved_data["linear"].toInt());
    return {frozen_product(linear, grads[0], /*is_backward=*/true), Tensor()};
  }
};

/**
 * x · Wᵀ + bias + scaling · B(A(dropout(x))) with W frozen. dropout(x) is recomputed in the backward rather than kept,
 * and its gradient is added in place to that of x · Wᵀ. x [N, in], a [R, in], b [out, R] in the type of x -> [N, out].
 * The layer must outlive the graph.
 */
struct AdaptedLinear : Function<AdaptedLinear> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& a, const Tensor& b, const Linear* linear,
                        double p, std::int64_t seed) {
    const Tensor inner = at::linear(dropout(x, p, static_cast<std::uint64_t>(seed)), a);  // [N, R]
    Tensor y = frozen_product(*linear, x, /*is_backward=*/false);                         // [N, out]
    if (linear->bias.defined()) y.add_(linear->bias.to(y.scalar_type()));
    ctx->save_for_backward({x, a, b, inner});
    ctx->saved_data["linear"] = reinterpret_cast<std::int64_t>(linear);
    ctx->saved_data["p"] = p;
    ctx->saved_data["seed"] = seed;
    return y.addmm_(inner, b.t(), /*beta=*/1, /*alpha=*/linear->lora->scaling);
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &a = saved[1], &b = saved[2], &inner = saved[3], grad = grads[0].contiguous();
    const auto& linear = *reinterpret_cast<const Linear*>(ctx->saved_data["linear"].toInt());
    const double p = ctx->saved_data["p"].toDouble(), scaling = linear.lora->scaling;
    const auto seed = static_cast<std::uint64_t>(ctx->saved_data["seed"].toInt());
    const Tensor grad_inner = at::mm(grad, b).mul_(scaling);            // [N, R]
    const Tensor grad_b = at::mm(grad.t(), inner).mul_(scaling);        // [out, R]
    const Tensor grad_a = at::mm(grad_inner.t(), dropout(x, p, seed));  // [R, in]
    Tensor grad_x;
    if (ctx->needs_input_grad(0)) {
      grad_x = frozen_product(linear, grad, /*is_backward=*/true);  // [N, in]
      if (p > 0)
        add_dropout(grad_x, at::mm(grad_inner, a), p, seed);
      else
        grad_x.addmm_(grad_inner, a);
    }
    return {grad_x, grad_a, grad_b, Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor Linear::base(const Tensor& x) const {
  const bool is_trained = weight.defined() && weight.requires_grad();
  return is_trained ? at::linear(x, weight.to(x.scalar_type())) : FrozenLinear::apply(x, this);
}

Tensor Linear::finish_independent_rows(const Tensor& x, Tensor y, const Pass& pass) const {
  // Sums and products are separate operations: libtorch contracts them where it computes several numbers at once.
  if (bias.defined()) y.add_(bias.to(y.scalar_type()));
  if (!lora) return y;
  const auto inner = [&](const Tensor& a, const Tensor& b) {
    return row_product(row_product(x, a.to(at::kFloat)), b.to(at::kFloat)).mul_(lora->scaling);
  };
  if (!pass.uses_adapter) return lora->start_a.defined() ? y.add_(inner(lora->start_a, lora->start_b)) : y;
  const Tensor added = inner(lora->a, lora->b);
  if (!lora->magnitude.defined()) return y.add_(added);
  const Tensor stretch = (lora->magnitude / cached_direction_norms()).to(at::kFloat);  // [out]
  const Tensor seen = bias.defined() ? y - bias.to(y.scalar_type()) : y;
  return y + (stretch - 1) * seen + stretch * added;
}

std::vector<Tensor> apply_linears(const std::vector<const Linear*>& linears, const Tensor& x, const Pass& pass) {
  std::vector<Tensor> results;
  if (!pass.has_independent_rows) {
    for (const Linear* linear : linears) results.push_back((*linear)(x, pass));
    return results;
  }
  std::vector<RowWeight> weights;
  for (const Linear* linear : linears)
    weights.push_back(linear->nf4 ? RowWeight{.nf4 = &*linear->nf4} : RowWeight{.dense = &linear->weight});
  results = row_products(x, weights);
  for (std::size_t i = 0; i < linears.size(); ++i)
    results[i] = linears[i]->finish_independent_rows(x, std::move(results[i]), pass);
  return results;
}

Tensor Linear::operator()(const Tensor& x, const Pass& pass) const {
  if (pass.has_independent_rows) return apply_linears({this}, x, pass)[0];
  const at::ScalarType type = x.scalar_type();
  const double p = pass.is_training && lora ? lora->dropout : 0;
  const std::uint64_t seed = Random(pass.seed ^ (number * 0x9e3779b97f4a7c15ULL)).next();
  if (lora && pass.uses_adapter && !lora->magnitude.defined())
    return AdaptedLinear::apply(x, lora->a.to(type), lora->b.to(type), this, p, static_cast<std::int64_t>(seed));

  const Tensor plain = base(x);
  const Tensor y = bias.defined() ? plain + bias.to(type) : plain;
  if (!lora) return y;
  if (!pass.uses_adapter) {
    if (!lora->start_a.defined()) return y;
    return at::addmm(y, at::linear(x, lora->start_a.to(type)), lora->start_b.to(type).t(), /*beta=*/1,
                     /*alpha=*/lora->scaling);
  }
  const Tensor dropped = dropout(x, p, seed);
  const Tensor inner = at::linear(dropped, lora->a.to(type));                    // [N, R]
  const Tensor stretch = (lora->magnitude / cached_direction_norms()).to(type);  // [out]
  const Tensor seen = p > 0 ? base(dropped) : plain;                             // as PEFT: the base of LoRA's input
  return y + (stretch - 1) * seen + stretch * at::linear(inner, lora->b.to(type)) * lora->scaling;
}

}  // namespace intelia::nn
