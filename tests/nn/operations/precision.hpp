// Shared by the tests of operations: types and sizes at which a CPU pass is compared with the same formula in fp64.
#pragma once

#include <cstdint>

#include "nn/shapes.hpp"

namespace intelia::nn {

constexpr at::ScalarType kTypes[] = {at::kBFloat16, at::kFloat, at::kDouble};
constexpr std::int64_t kSizes[] = {1, 2, 15, 16, 17, 31, 33, 100, 1000};

/** Half a unit in the last place of 1, and a few roundings of sums in between. */
inline double tolerance(at::ScalarType type) {
  return type == at::kBFloat16 ? 1.0 / 256 : type == at::kFloat ? 2e-6 : 1e-13;
}

/** The largest difference between `value` and the exact one, relative where that is above 1. */
inline double error(const Tensor& value, const Tensor& exact) {
  return ((value.detach().to(at::kDouble) - exact.detach()).abs() / exact.detach().abs().clamp_min(1))
      .max()
      .item<double>();
}

/** A leaf that requires its gradient. */
inline Tensor leaf(const Tensor& x) { return x.detach().clone().set_requires_grad(true); }

}  // namespace intelia::nn
