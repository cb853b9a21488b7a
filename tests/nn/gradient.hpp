// Random fp64 tensors, and a function's backward against central differences.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "nn/shapes.hpp"

namespace intelia::nn {

inline at::Generator numbers(std::uint64_t seed) {
  auto generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed);
  return generator;
}

inline Tensor normal(at::IntArrayRef shape, std::uint64_t seed) {
  return at::empty(shape, at::kDouble).normal_(0, 1, numbers(seed));
}

/**
 * Largest difference between the gradient of Σ weights·function(inputs) by backward and by central differences. The
 * differences' own error is of the order of step² ≈ 1e-10 and rounding/step ≈ 1e-10.
 */
inline double gradient_error(std::vector<Tensor> inputs,
                             const std::function<Tensor(const std::vector<Tensor>&)>& function) {
  for (Tensor& input : inputs) input.set_requires_grad(true);
  const Tensor output = function(inputs);
  const Tensor weights = normal(output.sizes(), 99).to(output.scalar_type());
  const auto value = [&] { return (function(inputs) * weights).to(at::kDouble).sum().item<double>(); };
  (output * weights).sum().backward();
  double worst = 0;
  constexpr double kStep = 1e-5;
  for (Tensor& input : inputs) {
    const Tensor gradient = input.grad().contiguous();
    double* place = input.data_ptr<double>();
    for (std::int64_t i = 0; i < input.numel(); ++i) {
      const double before = place[i];
      place[i] = before + kStep;
      const double above = value();
      place[i] = before - kStep;
      const double below = value();
      place[i] = before;
      worst = std::max(worst, std::fabs(gradient.const_data_ptr<double>()[i] - (above - below) / (2 * kStep)));
    }
  }
  return worst;
}

}  // namespace intelia::nn
