#include "nn/functions.hpp"

#include <ATen/OpMathType.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <optional>

#include "kernels/nf4.hpp"
#include "kernels/nf4_cuda.hpp"
#include "nn/attention.hpp"
#include "nn/fused.hpp"

namespace intelia::nn {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace {

struct RmsNorm : Function<RmsNorm> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& weight, double eps, double offset) {
    ctx->saved_data["offset"] = offset;
    if (is_fused(x)) {
      const auto [y, rstd] = fused_rms_norm(x, weight, eps, offset);
      ctx->save_for_backward(
          {x, weight, rstd.view(x.sizes().slice(0, static_cast<std::size_t>(x.dim()) - 1)).unsqueeze(-1)});
      return y;
    }
    const Tensor wide = x.to(at::toOpMathType(x.scalar_type()));             // [.., D]
    const Tensor mean = wide.square().mean(-1, /*keepdim=*/true).add_(eps);  // [.., 1]
    const Tensor rstd = mean.rsqrt().add_(mean - mean);                      // [.., 1]; NaN of an infinite mean
    ctx->save_for_backward({x, weight, rstd});
    const Tensor normal = wide * rstd;  // [.., D] wide
    if (offset == 0) return normal.to(x.scalar_type()).mul_(weight.to(x.scalar_type()));
    return (normal * (weight.to(normal.scalar_type()) + offset)).to(x.scalar_type());
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &rstd = saved[2];
    const double offset = ctx->saved_data["offset"].toDouble();
    Tensor grad_x, grad_weight;
    if (is_fused(x) && ctx->needs_input_grad(0)) grad_x = fused_rms_norm_backward(x, weight, rstd, grads[0], offset);
    if (grad_x.defined() && !ctx->needs_input_grad(1)) return {grad_x, grad_weight, Tensor(), Tensor()};
    const Tensor normal = x * rstd;                       // [.., D] wide
    const Tensor grad = grads[0].to(rstd.scalar_type());  // [.., D] wide
    if (!grad_x.defined() && ctx->needs_input_grad(0)) {
      const Tensor factor = weight.to(rstd.scalar_type());                    // [D]
      const Tensor scaled = grad * (offset == 0 ? factor : factor + offset);  // [.., D]
      const Tensor along = (scaled * normal).mean(-1, /*keepdim=*/true);      // [.., 1]
      grad_x = scaled.sub_(normal * along).mul_(rstd).to(x.scalar_type());
    }
    if (ctx->needs_input_grad(1)) grad_weight = (grad * normal).flatten(0, -2).sum(0).to(weight.scalar_type());
    return {grad_x, grad_weight, Tensor(), Tensor()};
  }
};

/** Halves a, b of the first elements of the last dimension become a·cos − b·sin and b·cos + a·sin; with `sign` −1 the
 * turn back. */
Tensor turn(const Tensor& x, const Tensor& cos, const Tensor& sin, double sign) {
  if (is_fused(x)) return fused_turn(x, cos, sin, sign);
  const std::int64_t size = cos.size(-1), half = size / 2, rest = x.size(-1) - size;
  const Tensor c = cos.unsqueeze(1), s = sin.unsqueeze(1);                                            // [N, 1, size]
  Tensor y = rest == 0 ? x * c : at::cat({x.narrow(-1, 0, size) * c, x.narrow(-1, size, rest)}, -1);  // [N, H, E]
  const Tensor a = x.narrow(-1, 0, half), b = x.narrow(-1, half, half);
  y.narrow(-1, 0, half).addcmul_(b, s.narrow(-1, 0, half), -sign);
  y.narrow(-1, half, half).addcmul_(a, s.narrow(-1, half, half), sign);
  return y;
}

struct Rotate : Function<Rotate> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& cos, const Tensor& sin) {
    ctx->save_for_backward({cos, sin});
    return turn(x, cos, sin, 1);
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    return {turn(grads[0], saved[0], saved[1], -1), Tensor(), Tensor()};
  }
};

struct Gated : Function<Gated> {
  static Tensor activate(const Tensor& gate, bool is_gelu) { return is_gelu ? at::gelu(gate, "tanh") : at::silu(gate); }
  static Tensor forward(AutogradContext* ctx, const Tensor& gate, const Tensor& up, bool is_gelu) {
    ctx->save_for_backward({gate, up});
    ctx->saved_data["is_gelu"] = is_gelu;
    if (is_fused(gate) && !is_gelu) return fused_silu_gated(gate, up);
    return activate(gate, is_gelu).mul_(up);
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &gate = saved[0], &up = saved[1];
    const bool is_gelu = ctx->saved_data["is_gelu"].toBool();
    if (is_fused(gate) && !is_gelu) {
      const auto [grad_gate, grad_up] = fused_silu_gated_backward(gate, up, grads[0]);
      return {grad_gate, grad_up, Tensor()};
    }
    const Tensor grad_up = grads[0] * activate(gate, is_gelu), grad_active = grads[0] * up;
    return {is_gelu ? at::gelu_backward(grad_active, gate, "tanh") : at::silu_backward(grad_active, gate), grad_up,
            Tensor()};
  }
};

/** Rows whose logits are held at once: about 64 MiB of them. */
std::int64_t rows_per_chunk(const Tensor& head) {
  return std::max<std::int64_t>(16, (std::int64_t{64} << 20) / (4 * head.size(0)));
}

struct HeadLoss : Function<HeadLoss> {
  static Tensor forward(AutogradContext* ctx, const Tensor& hidden, const Tensor& head, const Tensor& labels,
                        double softcap, const std::optional<Tensor>& weights) {
    const std::int64_t num_rows = hidden.size(0), step = rows_per_chunk(head);
    const bool needs_hidden = hidden.requires_grad(), needs_head = head.requires_grad();
    const Tensor weight = head.to(hidden.scalar_type());  // [V, D]
    const at::ScalarType wide = at::toOpMathType(hidden.scalar_type());
    Tensor loss = at::zeros({}, hidden.options().dtype(wide));
    Tensor grad_hidden = needs_hidden ? at::empty_like(hidden) : Tensor();  // [S, D]
    Tensor grad_head = needs_head ? at::zeros_like(head) : Tensor();        // [V, D]
    for (std::int64_t begin = 0; begin < num_rows; begin += step) {
      const std::int64_t rows = std::min(step, num_rows - begin);
      const std::int64_t real = std::clamp<std::int64_t>(labels.size(0) - begin, 0, rows);  // the others are padding
      const Tensor chunk = hidden.narrow(0, begin, rows);                                   // [rows, D]
      const Tensor label = labels.narrow(0, std::min(begin, labels.size(0)), real).unsqueeze(1);  // [real, 1]
      Tensor logits = product(chunk, weight);                                                     // [rows, V]
      Tensor slope;  // of the cap: [rows, V] wide
      if (softcap > 0) {
        logits = softcapped(logits, softcap);
        slope = 1 - (logits.to(wide) / softcap).square_();
      }
      Tensor log_p = at::log_softmax(logits, -1, wide);  // [rows, V] wide
      logits.reset();
      Tensor chosen = log_p.narrow(0, 0, real).gather(1, label);  // [real, 1]
      Tensor row_weights;                                         // [real, 1]
      if (weights) {
        row_weights = weights->narrow(0, std::min(begin, labels.size(0)), real).unsqueeze(1).to(wide);
        chosen.mul_(row_weights);
      }
      loss.sub_(chosen.sum());
      if (!needs_hidden && !needs_head) continue;
      Tensor grad = log_p.exp_();                                                                // softmax
      grad.narrow(0, 0, real).scatter_add_(1, label, at::full_like(label, -1, grad.options()));  // − one-hot
      if (weights) grad.narrow(0, 0, real).mul_(row_weights);
      grad.narrow(0, real, rows - real).zero_();
      if (softcap > 0) grad.mul_(slope);
      const Tensor grad_logits = grad.to(hidden.scalar_type());
      if (needs_hidden) grad_hidden.narrow(0, begin, rows).copy_(product(grad_logits, weight.t()));
      if (needs_head) grad_head.add_(at::matmul(grad_logits.t(), chunk));
    }
    ctx->save_for_backward({grad_hidden, grad_head});
    return loss;
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto scale = [&](const Tensor& grad) {
      return grad.defined() ? grad * grads[0].to(grad.scalar_type()) : Tensor();
    };
    return {scale(saved[0]), scale(saved[1]), Tensor(), Tensor(), Tensor()};
  }
};

/** x·mask/(1−p): the mask follows from the seed and each element's number, so it is never stored. */
Tensor masked(const Tensor& x, double p, std::uint64_t seed) {
  if (is_fused(x)) return fused_drop(x, p, seed);
  if (x.is_cpu() || x.is_meta()) return fused_drop(x.to(at::kFloat), p, seed).to(x.scalar_type());  // fp16
  auto generator = at::globalContext().defaultGenerator(x.device()).clone();
  generator.set_current_seed(seed);
  return x * at::empty_like(x).bernoulli_(1 - p, generator).div_(1 - p);
}

struct Dropout : Function<Dropout> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, double p, std::int64_t seed) {
    ctx->saved_data["p"] = p;
    ctx->saved_data["seed"] = seed;
    return masked(x, p, static_cast<std::uint64_t>(seed));
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    if (!ctx->needs_input_grad(0)) return {Tensor(), Tensor(), Tensor()};
    return {
        masked(grads[0], ctx->saved_data["p"].toDouble(), static_cast<std::uint64_t>(ctx->saved_data["seed"].toInt())),
        Tensor(), Tensor()};
  }
};

struct FrozenLinear : Function<FrozenLinear> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& weight) {
    ctx->save_for_backward({weight});
    return product(x, weight);
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    if (!ctx->needs_input_grad(0)) return {Tensor(), Tensor()};
    return {product(grads[0], ctx->get_saved_variables()[0].t()), Tensor()};
  }
};

struct PackedLinear : Function<PackedLinear> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const PackedWeight& weight) {
    ctx->save_for_backward({weight.codes, weight.absmax, weight.absmax_codes, weight.nested_absmax, weight.map});
    ctx->saved_data["offset"] = static_cast<double>(weight.offset);
    ctx->saved_data["out"] = weight.out_features;
    ctx->saved_data["in"] = weight.in_features;
    return product(x, unpack(weight, x.scalar_type()));
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    if (!ctx->needs_input_grad(0)) return {Tensor(), Tensor()};
    const auto saved = ctx->get_saved_variables();
    const PackedWeight weight{saved[0],
                              saved[1],
                              saved[2],
                              saved[3],
                              saved[4],
                              static_cast<float>(ctx->saved_data["offset"].toDouble()),
                              ctx->saved_data["out"].toInt(),
                              ctx->saved_data["in"].toInt()};
    return {product(grads[0], unpack(weight, grads[0].scalar_type()).t()), Tensor()};
  }
};

}  // namespace

Tensor product(const Tensor& x, const Tensor& weight) {
  if (!x.is_cpu() || x.scalar_type() != at::kFloat) return at::linear(x, weight);
  using Product = Tensor(const Tensor&, const Tensor&, const std::optional<Tensor>&, std::string_view,
                         c10::List<std::optional<at::Scalar>>, std::optional<std::string_view>);
  static const auto onednn =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Product>();
  return onednn.call(x.contiguous(), weight, std::nullopt, "none", c10::List<std::optional<at::Scalar>>(), "");
}

Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps, double offset) {
  check_shape(weight, {x.size(-1)}, "rms_norm weight");
  return RmsNorm::apply(x, weight, eps, offset);
}

Tensor rotate(const Tensor& x, const Tensor& cos, const Tensor& sin) {
  check_shape(cos, {x.size(0), std::min(cos.size(-1), x.size(2))}, "rotate cos");
  return Rotate::apply(x, cos, sin);
}

Tensor gated(const Tensor& gate, const Tensor& up, Activation activation) {
  check_shape(up, gate.sizes(), "gated up");
  return Gated::apply(gate, up, activation == Activation::gelu_tanh);
}

Tensor head_loss(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap,
                 const Tensor& weights) {
  TORCH_CHECK(labels.size(0) <= hidden.size(0), "[head_loss] more labels than rows");
  if (weights.defined()) check_shape(weights, labels.sizes(), "head_loss weights");
  return HeadLoss::apply(hidden, head, labels, softcap, weights.defined() ? std::optional(weights) : std::nullopt);
}

Tensor head_losses(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap) {
  TORCH_CHECK(labels.size(0) <= hidden.size(0), "[head_losses] more labels than rows");
  const std::int64_t step = rows_per_chunk(head);
  const Tensor weight = head.to(hidden.scalar_type());
  const at::ScalarType wide = at::toOpMathType(hidden.scalar_type());
  std::vector<Tensor> parts;
  for (std::int64_t begin = 0; begin < hidden.size(0); begin += step) {
    const std::int64_t rows = std::min(step, hidden.size(0) - begin);
    Tensor logits = at::linear(hidden.narrow(0, begin, rows), weight);  // [rows, V]
    if (softcap > 0) logits = softcapped(logits, softcap);
    const Tensor log_p = at::log_softmax(logits, -1, wide);
    const std::int64_t real = std::clamp<std::int64_t>(labels.size(0) - begin, 0, rows);
    if (real > 0)
      parts.push_back(log_p.narrow(0, 0, real).gather(1, labels.narrow(0, begin, real).unsqueeze(1)).squeeze(1).neg_());
  }
  return parts.empty() ? at::empty({0}, hidden.options().dtype(wide)) : at::cat(parts);
}

Tensor dropout(const Tensor& x, double p, std::uint64_t seed) {
  return p == 0 ? x : Dropout::apply(x, p, static_cast<std::int64_t>(seed));
}

void add_dropout(const Tensor& total, const Tensor& x, double p, std::uint64_t seed) {
  if (is_fused(total))
    add_fused_drop(total, x, p, seed);
  else
    total.add_(masked(x, p, seed));
}

Tensor neftune_noise(const Tensor& spans, std::int64_t size, double alpha, std::uint64_t seed) {
  auto generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed);
  const Tensor noise =
      at::empty({spans.size(0), size}, at::kFloat).uniform_(-1, 1, generator).to(spans.device());  // [N, D]
  return noise * (alpha * (spans.to(at::kFloat) * static_cast<double>(size)).rsqrt()).unsqueeze(1);
}

Tensor unpack(const PackedWeight& weight, at::ScalarType dtype) {
  const std::int64_t n = weight.out_features * weight.in_features, num_blocks = nf4::num_blocks(n);
  if (weight.codes.is_cpu() || weight.codes.is_meta()) {
    Tensor absmax = weight.absmax.defined() ? weight.absmax : at::empty({num_blocks}, weight.nested_absmax.options());
    // bf16 is made at once; other types by way of fp32.
    Tensor values = at::empty({weight.out_features, weight.in_features},
                              absmax.options().dtype(dtype == at::kBFloat16 ? dtype : at::kFloat));
    if (values.is_meta()) return values.to(dtype);
    if (!weight.absmax.defined())
      nf4::dequantize_absmax(weight.absmax_codes.const_data_ptr<std::uint8_t>(),
                             weight.nested_absmax.const_data_ptr<float>(), weight.map.const_data_ptr<float>(),
                             weight.offset, num_blocks, absmax.data_ptr<float>());
    const std::uint8_t* codes = weight.codes.const_data_ptr<std::uint8_t>();
    const float* scales = absmax.const_data_ptr<float>();
    at::parallel_for(0, num_blocks, 1024, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t first = begin * nf4::kBlock, num = std::min(n, end * nf4::kBlock) - first;
      if (dtype == at::kBFloat16)
        nf4::dequantize_bf16(codes + first / 2, scales + begin, num,
                             static_cast<std::uint16_t*>(values.mutable_data_ptr()) + first);
      else
        nf4::dequantize(codes + first / 2, scales + begin, num, values.data_ptr<float>() + first);
    });
    return values.to(dtype);
  }
  std::string reason;
  const nf4::CudaKernels* kernels = weight.absmax.defined() ? nullptr : nf4::cuda_kernels(reason);
  if (kernels != nullptr) {
    const at::ScalarType type = dtype == at::kDouble ? at::kFloat : dtype;
    const nf4::FloatType held = type == at::kFloat      ? nf4::FloatType::float32
                                : type == at::kBFloat16 ? nf4::FloatType::bfloat16
                                                        : nf4::FloatType::float16;
    Tensor values = at::empty({weight.out_features, weight.in_features}, weight.codes.options().dtype(type));
    const c10::Stream stream = c10::impl::VirtualGuardImpl(at::kCUDA).getStream(weight.codes.device());
    const int status = kernels->dequantize(
        weight.codes.const_data_ptr<std::uint8_t>(), weight.absmax_codes.const_data_ptr<std::uint8_t>(),
        weight.nested_absmax.const_data_ptr<float>(), weight.map.const_data_ptr<float>(), weight.offset, n, held,
        values.data_ptr(), stream.native_handle());
    if (status != 0) throw Error(Kind::internal, std::string("[unpack] ") + kernels->error_text(status));
    return values.to(dtype);
  }
  // The definition in library operations, for a build without the CUDA kernels, and for plain scales, which they do not
  // read.
  const Tensor book = at::from_blob(const_cast<float*>(nf4::kCodebook), {16}, at::kFloat).to(weight.codes.device());
  Tensor absmax = weight.absmax;  // [blocks]
  if (!absmax.defined()) {
    const Tensor nested = weight.nested_absmax.repeat_interleave(nf4::kNestedBlock).narrow(0, 0, num_blocks);
    absmax = weight.map.index({weight.absmax_codes.to(at::kLong)}).mul_(nested).add_(weight.offset);
  }
  const Tensor high = weight.codes.bitwise_right_shift(4), low = weight.codes.bitwise_and(15);
  const Tensor codes = at::stack({high, low}, 1).flatten().narrow(0, 0, n).to(at::kInt);  // [out·in]
  const Tensor scale = absmax.repeat_interleave(nf4::kBlock).narrow(0, 0, n);
  return book.index({codes}).mul_(scale).to(dtype).view({weight.out_features, weight.in_features});
}

Tensor frozen_linear(const Tensor& x, const Tensor& weight) { return FrozenLinear::apply(x, weight); }

Tensor packed_linear(const Tensor& x, const PackedWeight& weight) { return PackedLinear::apply(x, weight); }

}  // namespace intelia::nn
