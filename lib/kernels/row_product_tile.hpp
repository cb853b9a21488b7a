// The product of a few rows with a few rows of a weight, in sixteen lanes. Every sum is added up in the same order
// whatever else the tile holds, so that a row's product does not depend on the other rows. Include it in kernels only.
#pragma once

#include <algorithm>
#include <cstring>

#include "kernels/number.hpp"

namespace intelia::kernels {

using Lanes = float __attribute__((vector_size(64)));
using HalfLanes = std::uint16_t __attribute__((vector_size(32)));
using WideHalfLanes = std::uint16_t __attribute__((vector_size(64)));

INTELIA_INLINE inline void load_lanes(const float* from, Lanes& to) { std::memcpy(&to, from, sizeof(to)); }
INTELIA_INLINE inline void load_lanes(const Bf16* from, Lanes& to) {
  HalfLanes bits;
  std::memcpy(&bits, from, sizeof(bits));
  const HalfLanes zero = {};
  // Number i is its bits after sixteen zero bits. g++ makes one instruction of this, of a conversion and a shift eight.
  const WideHalfLanes wide = __builtin_shufflevector(bits, zero, 16, 0, 16, 1, 16, 2, 16, 3, 16, 4, 16, 5, 16, 6, 16, 7,
                                                     16, 8, 16, 9, 16, 10, 16, 11, 16, 12, 16, 13, 16, 14, 16, 15);
  std::memcpy(&to, &wide, sizeof(to));
}
/** The first `count` numbers, then zeros. */
template <class T>
INTELIA_INLINE inline void load_lanes(const T* from, std::int64_t count, Lanes& to) {
  T padded[kLanes] = {};
  for (std::int64_t i = 0; i < count; ++i) padded[i] = from[i];
  load_lanes(padded, to);
}

/** How many rows of the weight ahead are fetched while a tile is computed: the processor's own prefetcher starts again
   with each row, and suffices only where one row of x in fp32 waits for long rows of the weight. */
constexpr int kPrefetchedRows = 8;

/** The sums of the lanes of four accumulators: lanes l and l + 8 first, then 4, 2 and 1 apart. */
INTELIA_INLINE inline void sum_lanes(const Lanes& a, const Lanes& b, const Lanes& c, const Lanes& d, float* sums) {
  const Lanes ab = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
                   __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  const Lanes cd = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
                   __builtin_shufflevector(c, d, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  Lanes all = __builtin_shufflevector(ab, cd, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27) +
              __builtin_shufflevector(ab, cd, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  all += __builtin_shufflevector(all, all, 2, 3, 2, 3, 6, 7, 6, 7, 10, 11, 10, 11, 14, 15, 14, 15);
  all += __builtin_shufflevector(all, all, 1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13);
  for (int i = 0; i < 4; ++i) sums[i] = all[4 * i];
}

/** y[m·y_stride + n] = the sum of the lanes of sums[m][n]. */
template <int M, int N>
INTELIA_INLINE inline void store_sums(const Lanes (&sums)[M][N], float* y, std::int64_t y_stride) {
  for (int m = 0; m < M; ++m) {
    float* const row = y + m * y_stride;
    if constexpr (N == 1) {
      const Lanes none = {};
      float four[4];
      sum_lanes(sums[m][0], none, none, none, four);
      row[0] = four[0];
    } else {
      for (int n = 0; n < N; n += 4) sum_lanes(sums[m][n], sums[m][n + 1], sums[m][n + 2], sums[m][n + 3], row + n);
    }
  }
}

/** y[m·y_stride + n] = Σ x[m·x_stride + k]·weight[n·inner + k] for M rows of x and N (1, or a multiple of 4) of the
   weight. */
template <int M, int N, class T>
INTELIA_INLINE inline void product_tile(std::int64_t inner, const float* x, std::int64_t x_stride, const T* weight,
                                        float* y, std::int64_t y_stride) {
  Lanes sums[M][N] = {};
  std::int64_t k = 0;
  for (; k + kLanes <= inner; k += kLanes) {
    Lanes factors[N];
    for (int n = 0; n < N; ++n) load_lanes(weight + n * inner + k, factors[n]);
    if constexpr (M > 1 || sizeof(T) == 2)
      for (int n = 0; n < N; ++n) __builtin_prefetch(weight + (kPrefetchedRows + n) * inner + k);
    for (int m = 0; m < M; ++m) {
      Lanes factor;
      load_lanes(x + m * x_stride + k, factor);
      for (int n = 0; n < N; ++n) sums[m][n] += factor * factors[n];
    }
  }
  if (k < inner) {
    for (int m = 0; m < M; ++m) {
      Lanes factor, other;
      load_lanes(x + m * x_stride + k, inner - k, factor);
      for (int n = 0; n < N; ++n) {
        load_lanes(weight + n * inner + k, inner - k, other);
        sums[m][n] += factor * other;
      }
    }
  }
  store_sums(sums, y, y_stride);
}

/** N rows of the weight with all rows of x. */
template <int N, class X, class T>
INTELIA_INLINE inline void product_column(std::int64_t rows, std::int64_t inner, const X* x, std::int64_t x_stride,
                                          const T* weight, float* y, std::int64_t y_stride) {
  std::int64_t m = 0;
  for (; m + 6 <= rows; m += 6)
    product_tile<6, N>(inner, x + m * x_stride, x_stride, weight, y + m * y_stride, y_stride);
  if (m + 4 <= rows) {
    product_tile<4, N>(inner, x + m * x_stride, x_stride, weight, y + m * y_stride, y_stride);
    m += 4;
  }
  if (m + 2 <= rows) {
    product_tile<2, N>(inner, x + m * x_stride, x_stride, weight, y + m * y_stride, y_stride);
    m += 2;
  }
  if (m < rows) product_tile<1, N>(inner, x + m * x_stride, x_stride, weight, y + m * y_stride, y_stride);
}

/** y [rows, count] = x [rows, inner] · weightᵀ [count, inner]; rows of x and y are `x_stride` and `y_stride` apart. */
template <class X, class T>
INTELIA_INLINE inline void product_rows(std::int64_t rows, std::int64_t inner, const X* x, std::int64_t x_stride,
                                        const T* weight, std::int64_t count, float* y, std::int64_t y_stride) {
  std::int64_t n = 0;
  for (; n + 4 <= count; n += 4) product_column<4>(rows, inner, x, x_stride, weight + n * inner, y + n, y_stride);
  for (; n < count; ++n) product_column<1>(rows, inner, x, x_stride, weight + n * inner, y + n, y_stride);
}

/** product_rows for many rows of x, in parts that stay in the L2 cache while all rows of the weight pass. */
template <class X, class T>
INTELIA_INLINE inline void product_parts(std::int64_t rows, std::int64_t inner, const X* x, std::int64_t x_stride,
                                         const T* weight, std::int64_t count, float* y, std::int64_t y_stride) {
  const std::int64_t part = std::max<std::int64_t>(24, (1 << 16) / std::max<std::int64_t>(1, inner) / 6 * 6);
  for (std::int64_t m = 0; m < rows; m += part)
    product_rows(std::min(part, rows - m), inner, x + m * x_stride, x_stride, weight, count, y + m * y_stride,
                 y_stride);
}

}  // namespace intelia::kernels
