#include "nn/operations/rotary.hpp"

#include <torch/csrc/autograd/custom_function.h>

#include "kernels/rotary.hpp"
#include "nn/operations/cpu_pass.hpp"

namespace intelia::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** Halves a, b of the rotated elements become a·cos − sign·b·sin and b·cos + sign·a·sin. */
struct Composed {
  static Tensor rotate(const Tensor& x, const Tensor& cos, const Tensor& sin, double sign) {
    const std::int64_t size = cos.size(-1), half = size / 2, rest = x.size(-1) - size;
    const Tensor c = cos.unsqueeze(1), s = sin.unsqueeze(1);                                            // [N, 1, size]
    Tensor y = rest == 0 ? x * c : at::cat({x.narrow(-1, 0, size) * c, x.narrow(-1, size, rest)}, -1);  // [N, H, E]
    const Tensor a = x.narrow(-1, 0, half), b = x.narrow(-1, half, half);
    y.narrow(-1, 0, half).addcmul_(b, s.narrow(-1, 0, half), -sign);
    y.narrow(-1, half, half).addcmul_(a, s.narrow(-1, half, half), sign);
    return y;
  }
};

struct OnCpu {
  static Tensor rotate(const Tensor& given, const Tensor& given_cos, const Tensor& given_sin, double sign) {
    const Tensor x = given.contiguous(), cos = given_cos.contiguous(), sin = given_sin.contiguous(),
                 y = at::empty_like(x);
    if (x.is_meta()) return y;
    const std::int64_t heads = x.size(1), size = x.size(2), rotated = cos.size(-1);
    with_number(x.scalar_type(), [&](auto number) {
      using T = decltype(number);
      for_rows(x.size(0), heads * size, [&](std::int64_t begin, std::int64_t end) {
        kernels::rotary({end - begin, heads, size, rotated, sign}, data_of<T>(x) + begin * heads * size,
                        data_of<T>(cos) + begin * rotated, data_of<T>(sin) + begin * rotated,
                        mutable_data_of<T>(y) + begin * heads * size);
      });
    });
    return y;
  }
};

template <class Implementation>
struct Rotary : Function<Rotary<Implementation>> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& cos, const Tensor& sin) {
    ctx->save_for_backward({cos, sin});
    return Implementation::rotate(x, cos, sin, 1);
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    return {Implementation::rotate(grads[0], saved[0], saved[1], -1), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor apply_rotary(const Tensor& x, const Tensor& cos, const Tensor& sin) {
  check_shape(cos, {x.size(0), std::min(cos.size(-1), x.size(2))}, "apply_rotary cos");
  return has_cpu_pass(x) ? Rotary<OnCpu>::apply(x, cos, sin) : apply_rotary_composed(x, cos, sin);
}

Tensor apply_rotary_composed(const Tensor& x, const Tensor& cos, const Tensor& sin) {
  return Rotary<Composed>::apply(x, cos, sin);
}

}  // namespace intelia::nn
