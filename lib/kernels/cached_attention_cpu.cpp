#include <cmath>
#include <limits>

#include "kernels/cached_attention.hpp"
#include "kernels/row_product_tile.hpp"

namespace intelia::kernels {

namespace {

/** y += Σ shares[n]·values[n], in the order of n. */
template <class T>
INTELIA_INLINE inline void add_values(std::int64_t count, std::int64_t size, const float* shares, const T* values,
                                      float* __restrict y) {
  std::int64_t n = 0;
  for (; n + 4 <= count; n += 4, values += 4 * size) {
    const float a = shares[n], b = shares[n + 1], c = shares[n + 2], d = shares[n + 3];
    for (std::int64_t e = 0; e < size; ++e) {
      float sum = y[e] + a * widen(values[e]);
      sum = sum + b * widen(values[size + e]);
      sum = sum + c * widen(values[2 * size + e]);
      y[e] = sum + d * widen(values[3 * size + e]);
    }
  }
  for (; n < count; ++n, values += size)
    for (std::int64_t e = 0; e < size; ++e) y[e] = y[e] + shares[n] * widen(values[e]);
}

template <class T>
INTELIA_INLINE inline void attend(const CachedQuery& query, const CachedHead<T>& head, const float* q, float* scores,
                                  float* y) {
  const std::int64_t size = head.size, tokens = head.block_tokens;
  const std::int64_t first = query.window > 0 ? std::max<std::int64_t>(0, query.position - query.window + 1) : 0;
  const std::int64_t first_block = first / tokens, last_block = query.position / tokens;
  const std::int64_t begin = first_block * tokens, stride = query.position + 1 - begin;  // of a row of scores
  for (std::int64_t b = first_block; b <= last_block; ++b)
    product_rows(query.num_heads, size, q, size, head.keys + head.blocks[b] * head.stride,
                 std::min(tokens, query.position + 1 - b * tokens), scores + (b * tokens - begin), stride);
  for (std::int64_t h = 0; h < query.num_heads; ++h) {
    float* const row = scores + h * stride + (first - begin);
    const std::int64_t n = query.position + 1 - first;
    for (std::int64_t i = 0; i < n; ++i) row[i] = row[i] * query.scale;
    if (query.softcap > 0)
      for (std::int64_t i = 0; i < n; ++i) row[i] = query.softcap * std::tanh(row[i] / query.softcap);
    const float largest = reduce(
        n, -std::numeric_limits<float>::infinity(), [row](std::int64_t i) INTELIA_INLINE { return row[i]; },
        [](float a, float b) INTELIA_INLINE { return a > b ? a : b; });
    for (std::int64_t i = 0; i < n; ++i) row[i] = exponential(row[i] - largest);
    const float share = 1 / sum<float>(n, [row](std::int64_t i) INTELIA_INLINE { return row[i]; });
    for (std::int64_t i = 0; i < n; ++i) row[i] = row[i] * share;
    float* const out = y + h * size;
    for (std::int64_t e = 0; e < size; ++e) out[e] = 0;
    for (std::int64_t b = first_block; b <= last_block; ++b) {
      const std::int64_t from = std::max(first, b * tokens), to = std::min(query.position + 1, (b + 1) * tokens);
      add_values(to - from, size, row + (from - first),
                 head.values + head.blocks[b] * head.stride + (from - b * tokens) * size, out);
    }
  }
}

}  // namespace

INTELIA_VECTORIZED void attend_cached(const CachedQuery& query, const CachedHead<float>& head, const float* q,
                                      float* scores, float* y) {
  attend(query, head, q, scores, y);
}
INTELIA_VECTORIZED void attend_cached(const CachedQuery& query, const CachedHead<Bf16>& head, const float* q,
                                      float* scores, float* y) {
  attend(query, head, q, scores, y);
}

}  // namespace intelia::kernels
