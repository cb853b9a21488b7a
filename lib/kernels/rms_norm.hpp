// RMSNorm (Zhang and Sennrich 2019) in one pass over each row. Raw pointers, no threads: callers distribute rows.
// Numbers are Bf16, float or double; sums are in Wide<T>.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

struct NormShape {
  std::int64_t rows, size;
  double eps, offset;
};

/**
 * y = x / sqrt(mean(x²) + eps), times the weight (the product rounded to T before and after it, as Llama does) or, with
 * `offset` ≠ 0, times weight + offset (rounded once, as Gemma does). x, y [rows, size]; weight [size]; rstd [rows]:
 * 1/sqrt(…), for the backward. A row whose squares overflow W becomes NaN, which training stops at, and not zeros, from
 * which it would learn nothing.
 */
void rms_norm(const NormShape& shape, const float* x, const float* weight, float* y, float* rstd);
void rms_norm(const NormShape& shape, const Bf16* x, const float* weight, Bf16* y, float* rstd);
void rms_norm(const NormShape& shape, const double* x, const double* weight, double* y, double* rstd);

/** With n = x·rstd and g = grad·(weight + offset): grad_x = rstd·(g − n·mean(g·n)). */
void rms_norm_backward(const NormShape& shape, const float* x, const float* weight, const float* rstd,
                       const float* grad, float* grad_x);
void rms_norm_backward(const NormShape& shape, const Bf16* x, const float* weight, const float* rstd, const Bf16* grad,
                       Bf16* grad_x);
void rms_norm_backward(const NormShape& shape, const double* x, const double* weight, const double* rstd,
                       const double* grad, double* grad_x);

}  // namespace intelia::kernels
