#include "nn/operations/rms_norm.hpp"

#include <ATen/OpMathType.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels/rms_norm.hpp"
#include "nn/operations/cpu_pass.hpp"

namespace intelia::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** y [.., D] and 1/sqrt(mean(x²) + eps), [.., 1] in the type of computation. */
struct Normalized {
  Tensor y, rstd;
};

struct Composed {
  static Normalized forward(const Tensor& x, const Tensor& weight, double eps, double offset) {
    const Tensor wide = x.to(at::toOpMathType(x.scalar_type()));             // [.., D]
    const Tensor mean = wide.square().mean(-1, /*keepdim=*/true).add_(eps);  // [.., 1]
    const Tensor rstd = mean.rsqrt().add_(mean - mean);                      // [.., 1]; NaN where the mean is infinite
    const Tensor normal = wide * rstd;                                       // [.., D] wide
    if (offset == 0) return {normal.to(x.scalar_type()).mul_(weight.to(x.scalar_type())), rstd};
    return {(normal * (weight.to(normal.scalar_type()) + offset)).to(x.scalar_type()), rstd};
  }

  static Tensor grad_x(const Tensor& x, const Tensor& weight, const Tensor& rstd, const Tensor& grad_y, double offset) {
    const Tensor normal = x * rstd, grad = grad_y.to(rstd.scalar_type());   // [.., D] wide
    const Tensor factor = weight.to(rstd.scalar_type());                    // [D]
    const Tensor scaled = grad * (offset == 0 ? factor : factor + offset);  // [.., D]
    const Tensor along = (scaled * normal).mean(-1, /*keepdim=*/true);      // [.., 1]
    return scaled.sub_(normal * along).mul_(rstd).to(x.scalar_type());
  }
};

struct OnCpu {
  static Normalized forward(const Tensor& given, const Tensor& weight, double eps, double offset) {
    const Tensor x = given.contiguous(), factor = factor_of(weight, x, offset);
    const std::int64_t size = x.size(-1), rows = x.numel() / size;
    std::vector<std::int64_t> sizes = x.sizes().vec();
    sizes.back() = 1;
    const Tensor y = at::empty_like(x), rstd = at::empty(sizes, factor.options());
    if (x.is_meta()) return {y, rstd};
    with_number(x.scalar_type(), [&](auto number) {
      using T = decltype(number);
      using W = kernels::Wide<T>;
      for_rows(rows, size, [&](std::int64_t begin, std::int64_t end) {
        kernels::rms_norm({end - begin, size, eps, offset}, data_of<T>(x) + begin * size, data_of<W>(factor),
                          mutable_data_of<T>(y) + begin * size, mutable_data_of<W>(rstd) + begin);
      });
    });
    return {y, rstd};
  }

  static Tensor grad_x(const Tensor& given, const Tensor& weight, const Tensor& rstd, const Tensor& given_grad,
                       double offset) {
    const Tensor x = given.contiguous(), grad = given_grad.contiguous(), factor = factor_of(weight, x, offset);
    const std::int64_t size = x.size(-1), rows = x.numel() / size;
    const Tensor grad_x = at::empty_like(x);
    if (x.is_meta()) return grad_x;
    with_number(x.scalar_type(), [&](auto number) {
      using T = decltype(number);
      using W = kernels::Wide<T>;
      for_rows(rows, size, [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t at = begin * size;
        kernels::rms_norm_backward({end - begin, size, 0, offset}, data_of<T>(x) + at, data_of<W>(factor),
                                   data_of<W>(rstd) + begin, data_of<T>(grad) + at, mutable_data_of<T>(grad_x) + at);
      });
    });
    return grad_x;
  }

 private:
  /** The weight that the kernel multiplies with: rounded to the type of x where the product is. */
  static Tensor factor_of(const Tensor& weight, const Tensor& x, double offset) {
    return (offset == 0 ? weight.to(x.scalar_type()) : weight).to(at::toOpMathType(x.scalar_type())).contiguous();
  }
};

template <class Implementation>
struct RmsNorm : Function<RmsNorm<Implementation>> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& weight, double eps, double offset) {
    ctx->saved_data["offset"] = offset;
    const auto [y, rstd] = Implementation::forward(x, weight, eps, offset);
    ctx->save_for_backward({x, weight, rstd});
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &rstd = saved[2];
    Tensor grad_x, grad_weight;
    if (ctx->needs_input_grad(0))
      grad_x = Implementation::grad_x(x, weight, rstd, grads[0], ctx->saved_data["offset"].toDouble());
    if (ctx->needs_input_grad(1)) {
      const Tensor product = grads[0].to(rstd.scalar_type()) * (x * rstd);  // [.., D] wide
      grad_weight = product.flatten(0, -2).sum(0).to(weight.scalar_type());
    }
    return {grad_x, grad_weight, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps, double offset) {
  check_shape(weight, {x.size(-1)}, "rms_norm weight");
  return has_cpu_pass(x) ? RmsNorm<OnCpu>::apply(x, weight, eps, offset) : rms_norm_composed(x, weight, eps, offset);
}

Tensor rms_norm_composed(const Tensor& x, const Tensor& weight, double eps, double offset) {
  return RmsNorm<Composed>::apply(x, weight, eps, offset);
}

}  // namespace intelia::nn
