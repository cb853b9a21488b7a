#include "kernels/row_product.hpp"
#include "kernels/row_product_tile.hpp"

namespace intelia::kernels {

INTELIA_VECTORIZED void row_product(std::int64_t rows, std::int64_t inner, const float* x, const float* weight,
                                    std::int64_t count, float* y, std::int64_t stride) {
  product_parts(rows, inner, x, inner, weight, count, y, stride);
}
INTELIA_VECTORIZED void row_product(std::int64_t rows, std::int64_t inner, const float* x, const Bf16* weight,
                                    std::int64_t count, float* y, std::int64_t stride) {
  product_parts(rows, inner, x, inner, weight, count, y, stride);
}

}  // namespace intelia::kernels
