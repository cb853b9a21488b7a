// The matrix product of generation: few rows, whole weights. A row's result has the same bits whatever the other rows
// are. Raw pointers, no threads: callers distribute the rows of the weight.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

/** y [rows, count] = x [rows, inner] · weightᵀ, weight [count, inner]; rows of y are `stride` apart. */
void row_product(std::int64_t rows, std::int64_t inner, const float* x, const float* weight, std::int64_t count,
                 float* y, std::int64_t stride);
void row_product(std::int64_t rows, std::int64_t inner, const float* x, const Bf16* weight, std::int64_t count,
                 float* y, std::int64_t stride);

/** Whether this processor has AVX512_BF16. */
bool has_bf16_products();

/** With has_bf16_products() only. Sums are in fp32; subnormal numbers count as zero. */
void row_product(std::int64_t rows, std::int64_t inner, const Bf16* x, const Bf16* weight, std::int64_t count, float* y,
                 std::int64_t stride);

}  // namespace intelia::kernels
