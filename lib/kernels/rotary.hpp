// Rotary position embeddings (Su et al. 2021) in one pass. Raw pointers, no threads: callers distribute tokens. Numbers
// are Bf16, float or double, computed with in Wide<T>.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

/** `rotated`: the first elements of a head that are rotated; the rest is copied. `sign` −1: the inverse rotation. */
struct RotaryShape {
  std::int64_t tokens, heads, size, rotated;
  double sign;
};

/** Halves a, b of the first `rotated` elements of a head become a·cos − sign·b·sin and b·cos + sign·a·sin.
   x, y [tokens, heads, size]; cos, sin [tokens, rotated]. */
void rotary(const RotaryShape& shape, const float* x, const float* cos, const float* sin, float* y);
void rotary(const RotaryShape& shape, const Bf16* x, const Bf16* cos, const Bf16* sin, Bf16* y);
void rotary(const RotaryShape& shape, const double* x, const double* cos, const double* sin, double* y);

}  // namespace intelia::kernels
