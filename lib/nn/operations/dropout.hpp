// Dropout that stores no mask: it follows from a seed and is recomputed in the backward.
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/** x with each element zero with probability p, else divided by 1 − p; the mask depends on `seed` alone. Differentiable
   in x. */
Tensor dropout(const Tensor& x, double p, std::uint64_t seed);

/** total += dropout(x, p, seed), without gradient. */
void add_dropout(const Tensor& total, const Tensor& x, double p, std::uint64_t seed);

}  // namespace intelia::nn
