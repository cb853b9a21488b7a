// The product of generation in bf16 by AVX512_BF16, whose instruction adds the products of two pairs to a sum in fp32.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernels/row_product.hpp"

#if defined(__x86_64__) && !defined(__clang__)

#include <immintrin.h>

namespace intelia::kernels {

bool has_bf16_products() {
  static const bool has_them = __builtin_cpu_supports("x86-64-v4") != 0 && __builtin_cpu_supports("avx512bf16") != 0;
  return has_them;
}

}  // namespace intelia::kernels

// For the rest of the file. All is inlined into one function: no symbols are left that other processors could run.
#pragma GCC target("arch=x86-64-v4,avx512bf16")
#include "kernels/row_product_tile.hpp"

namespace intelia::kernels {

constexpr std::int64_t kPairs = 32;  // numbers of an instruction

/** The first `count` numbers, at most kPairs, then zeros. */
INTELIA_INLINE inline __m512bh load_pairs(const Bf16* from, std::int64_t count) {
  if (count >= kPairs) return reinterpret_cast<__m512bh>(_mm512_loadu_epi16(from));
  const auto wanted = static_cast<__mmask32>((std::uint64_t{1} << count) - 1);
  return reinterpret_cast<__m512bh>(_mm512_maskz_loadu_epi16(wanted, from));
}

/** As the one in row_product_tile.hpp. */
template <int M, int N>
INTELIA_INLINE inline void product_tile(std::int64_t inner, const Bf16* x, std::int64_t x_stride, const Bf16* weight,
                                        float* y, std::int64_t y_stride) {
  Lanes sums[M][N] = {};
  for (std::int64_t k = 0; k < inner; k += kPairs) {
    __m512bh factors[N];
    for (int n = 0; n < N; ++n) {
      factors[n] = load_pairs(weight + n * inner + k, inner - k);
      __builtin_prefetch(weight + (kPrefetchedRows + n) * inner + k);
    }
    for (int m = 0; m < M; ++m) {
      const __m512bh factor = load_pairs(x + m * x_stride + k, inner - k);
      for (int n = 0; n < N; ++n) sums[m][n] = _mm512_dpbf16_ps(sums[m][n], factor, factors[n]);
    }
  }
  store_sums(sums, y, y_stride);
}

void row_product(std::int64_t rows, std::int64_t inner, const Bf16* x, const Bf16* weight, std::int64_t count, float* y,
                 std::int64_t stride) {
  product_parts(rows, inner, x, inner, weight, count, y, stride);
}

}  // namespace intelia::kernels

#else

namespace intelia::kernels {

bool has_bf16_products() { return false; }

void row_product(std::int64_t, std::int64_t, const Bf16*, const Bf16*, std::int64_t, float*, std::int64_t) {
  __builtin_unreachable();  // has_bf16_products() is false
}

}  // namespace intelia::kernels

#endif
