#include "nn/fused.hpp"

#include <ATen/OpMathType.h>

namespace intelia::nn {

namespace {

/** Elements that a thread takes at least: below, waking it costs more than it does. */
constexpr std::int64_t kGrain = 8192;

/** run(begin, end) for parts of [0, rows) with `size` elements a row. */
template <class Run>
void for_rows(std::int64_t rows, std::int64_t size, Run run) {
  at::parallel_for(0, rows, std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, size)), run);
}

/** The weight as the norm multiplies with it: in the type of x where the product is rounded to it twice. */
Tensor norm_weight(const Tensor& weight, const Tensor& x, double offset) {
  return (offset == 0 ? weight.to(x.scalar_type()) : weight).to(at::toOpMathType(x.scalar_type())).contiguous();
}

}  // namespace

std::pair<Tensor, Tensor> fused_rms_norm(const Tensor& given, const Tensor& weight, double eps, double offset) {
  const Tensor x = given.contiguous(), factor = norm_weight(weight, x, offset);
  const std::int64_t size = x.size(-1), rows = x.numel() / size;
  const Tensor y = at::empty_like(x), rstd = at::empty({rows}, factor.options());
  if (x.is_meta()) return {y, rstd};
  with_number(x.scalar_type(), [&](auto number) {
    using T = decltype(number);
    using W = kernels::Wide<T>;
    for_rows(rows, size, [&](std::int64_t begin, std::int64_t end) {
      kernels::rms_norm({end - begin, size, eps, offset}, read<T>(x) + begin * size, read<W>(factor),
                        written<T>(y) + begin * size, written<W>(rstd) + begin);
    });
  });
  return {y, rstd};
}

Tensor fused_rms_norm_backward(const Tensor& given, const Tensor& weight, const Tensor& rstd, const Tensor& given_grad,
                               double offset) {
  const Tensor x = given.contiguous(), grad = given_grad.contiguous(), factor = norm_weight(weight, x, offset);
  const std::int64_t size = x.size(-1), rows = x.numel() / size;
  const Tensor grad_x = at::empty_like(x);
  if (x.is_meta()) return grad_x;
  with_number(x.scalar_type(), [&](auto number) {
    using T = decltype(number);
    using W = kernels::Wide<T>;
    for_rows(rows, size, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t at = begin * size;
      kernels::rms_norm_backward({end - begin, size, 0, offset}, read<T>(x) + at, read<W>(factor),
                                 read<W>(rstd) + begin, read<T>(grad) + at, written<T>(grad_x) + at);
    });
  });
  return grad_x;
}

Tensor fused_silu_gated(const Tensor& given_gate, const Tensor& given_up) {
  const Tensor gate = given_gate.contiguous(), up = given_up.contiguous(), y = at::empty_like(gate);
  if (y.is_meta()) return y;
  with_number(gate.scalar_type(), [&](auto number) {
    using T = decltype(number);
    at::parallel_for(0, y.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      kernels::silu_gated(end - begin, read<T>(gate) + begin, read<T>(up) + begin, written<T>(y) + begin);
    });
  });
  return y;
}

std::pair<Tensor, Tensor> fused_silu_gated_backward(const Tensor& given_gate, const Tensor& given_up,
                                                    const Tensor& given_grad) {
  const Tensor gate = given_gate.contiguous(), up = given_up.contiguous(), grad = given_grad.contiguous();
  const Tensor grad_gate = at::empty_like(gate), grad_up = at::empty_like(up);
  if (gate.is_meta()) return {grad_gate, grad_up};
  with_number(gate.scalar_type(), [&](auto number) {
    using T = decltype(number);
    at::parallel_for(0, gate.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      kernels::silu_gated_backward(end - begin, read<T>(gate) + begin, read<T>(up) + begin, read<T>(grad) + begin,
                                   written<T>(grad_gate) + begin, written<T>(grad_up) + begin);
    });
  });
  return {grad_gate, grad_up};
}

Tensor fused_turn(const Tensor& given, const Tensor& given_cos, const Tensor& given_sin, double sign) {
  const Tensor x = given.contiguous(), cos = given_cos.contiguous(), sin = given_sin.contiguous(),
               y = at::empty_like(x);
  if (x.is_meta()) return y;
  const std::int64_t heads = x.size(1), size = x.size(2), turned = cos.size(-1);
  with_number(x.scalar_type(), [&](auto number) {
    using T = decltype(number);
    for_rows(x.size(0), heads * size, [&](std::int64_t begin, std::int64_t end) {
      kernels::turn({end - begin, heads, size, turned, sign}, read<T>(x) + begin * heads * size,
                    read<T>(cos) + begin * turned, read<T>(sin) + begin * turned, written<T>(y) + begin * heads * size);
    });
  });
  return y;
}

namespace {

/** run(begin, end) for parts of [0, n) that begin where a mask's runs do. */
template <class Run>
void for_mask_runs(std::int64_t n, Run run) {
  at::parallel_for(0, (n + kernels::kMaskRun - 1) / kernels::kMaskRun, kGrain / kernels::kMaskRun,
                   [&](std::int64_t begin, std::int64_t end) {
                     run(begin * kernels::kMaskRun, std::min(n, end * kernels::kMaskRun));
                   });
}

}  // namespace

Tensor fused_drop(const Tensor& given, double p, std::uint64_t seed) {
  const Tensor x = given.contiguous(), y = at::empty_like(x);
  if (x.is_meta()) return y;
  with_number(x.scalar_type(), [&](auto number) {
    using T = decltype(number);
    for_mask_runs(x.numel(), [&](std::int64_t begin, std::int64_t end) {
      kernels::drop({p, seed}, begin, end, read<T>(x), written<T>(y));
    });
  });
  return y;
}

void add_fused_drop(const Tensor& total, const Tensor& given, double p, std::uint64_t seed) {
  const Tensor x = given.contiguous();
  TORCH_CHECK(total.is_contiguous() && total.sizes() == x.sizes(), "[add_fused_drop] shapes");
  if (x.is_meta()) return;
  with_number(x.scalar_type(), [&](auto number) {
    using T = decltype(number);
    for_mask_runs(x.numel(), [&](std::int64_t begin, std::int64_t end) {
      kernels::add_dropped({p, seed}, begin, end, read<T>(x), written<T>(total));
    });
  });
}

}  // namespace intelia::nn
