#include "kernels/row_product.hpp"
#include "kernels/row_product_tile.hpp"

namespace intelia::kernels {

namespace {

/** Rows of x are taken in parts that stay in the L2 cache while all rows of the weight pass. */
template <class T>
INTELIA_INLINE inline void product_parts(std::int64_t rows, std::int64_t inner, const float* x, const T* weight,
                                         std::int64_t count, float* y, std::int64_t stride) {
  const std::int64_t part = std::max<std::int64_t>(24, (1 << 16) / std::max<std::int64_t>(1, inner) / 6 * 6);
  for (std::int64_t m = 0; m < rows; m += part)
    product_rows(std::min(part, rows - m), inner, x + m * inner, inner, weight, count, y + m * stride, stride);
}

}  // namespace

INTELIA_VECTORIZED void row_product(std::int64_t rows, std::int64_t inner, const float* x, const float* weight,
                                    std::int64_t count, float* y, std::int64_t stride) {
  product_parts(rows, inner, x, weight, count, y, stride);
}
INTELIA_VECTORIZED void row_product(std::int64_t rows, std::int64_t inner, const float* x, const Bf16* weight,
                                    std::int64_t count, float* y, std::int64_t stride) {
  product_parts(rows, inner, x, weight, count, y, stride);
}

}  // namespace intelia::kernels
