#include "nn/operations/dropout.hpp"

#include <torch/csrc/autograd/custom_function.h>

#include "kernels/dropout.hpp"
#include "nn/operations/cpu_pass.hpp"

namespace intelia::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/** Calls run(begin, end) on all threads for parts of [0, n) that begin where a mask's runs do. */
template <class Run>
void for_mask_runs(std::int64_t n, Run run) {
  at::parallel_for(0, (n + kernels::kMaskRun - 1) / kernels::kMaskRun, kGrain / kernels::kMaskRun,
                   [&](std::int64_t begin, std::int64_t end) {
                     run(begin * kernels::kMaskRun, std::min(n, end * kernels::kMaskRun));
                   });
}

struct OnCpu {
  static Tensor drop(const Tensor& given, double p, std::uint64_t seed) {
    const Tensor x = given.contiguous(), y = at::empty_like(x);
    if (x.is_meta()) return y;
    with_number(x.scalar_type(), [&](auto number) {
      using T = decltype(number);
      for_mask_runs(x.numel(), [&](std::int64_t begin, std::int64_t end) {
        kernels::drop({p, seed}, begin, end, data_of<T>(x), mutable_data_of<T>(y));
      });
    });
    return y;
  }

  static void add_dropped(const Tensor& total, const Tensor& given, double p, std::uint64_t seed) {
    const Tensor x = given.contiguous();
    TORCH_CHECK(total.is_contiguous() && total.sizes() == x.sizes(), "[add_dropout] shapes");
    if (x.is_meta()) return;
    with_number(x.scalar_type(), [&](auto number) {
      using T = decltype(number);
      for_mask_runs(x.numel(), [&](std::int64_t begin, std::int64_t end) {
        kernels::add_dropped({p, seed}, begin, end, data_of<T>(x), mutable_data_of<T>(total));
      });
    });
  }
};

/** With the device's own random numbers: other masks than on the CPU. */
Tensor drop_composed(const Tensor& x, double p, std::uint64_t seed) {
  auto generator = at::globalContext().defaultGenerator(x.device()).clone();
  generator.set_current_seed(seed);
  return x * at::empty_like(x).bernoulli_(1 - p, generator).div_(1 - p);
}

Tensor drop(const Tensor& x, double p, std::uint64_t seed) {
  if (has_cpu_pass(x)) return OnCpu::drop(x, p, seed);
  if (x.is_cpu() || x.is_meta()) return OnCpu::drop(x.to(at::kFloat), p, seed).to(x.scalar_type());  // fp16
  return drop_composed(x, p, seed);
}

struct Dropout : Function<Dropout> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, double p, std::int64_t seed) {
    ctx->saved_data["p"] = p;
    ctx->saved_data["seed"] = seed;
    return drop(x, p, static_cast<std::uint64_t>(seed));
  }
  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    if (!ctx->needs_input_grad(0)) return {Tensor(), Tensor(), Tensor()};
    const auto seed = static_cast<std::uint64_t>(ctx->saved_data["seed"].toInt());
    return {drop(grads[0], ctx->saved_data["p"].toDouble(), seed), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor dropout(const Tensor& x, double p, std::uint64_t seed) {
  return p == 0 ? x : Dropout::apply(x, p, static_cast<std::int64_t>(seed));
}

void add_dropout(const Tensor& total, const Tensor& x, double p, std::uint64_t seed) {
  if (has_cpu_pass(total))
    OnCpu::add_dropped(total, x, p, seed);
  else
    total.add_(drop(x, p, seed));
}

}  // namespace intelia::nn
