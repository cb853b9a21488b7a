#include <cmath>
#include <limits>

#include "kernels/attention.hpp"

namespace intelia::kernels {

namespace {

/** The keys [begin, end) of the block that query r attends to. */
struct Span {
  std::int64_t begin, end;
};
INTELIA_INLINE inline Span seen(const ScoreBlock& block, std::int64_t r) {
  const std::int64_t query = block.first_query + r - block.first_key;
  const std::int64_t begin = block.window > 0 ? query - block.window + 1 : 0;
  return {begin > 0 ? begin : 0, query + 1 < block.num_keys ? query + 1 : block.num_keys};
}

template <class T>
INTELIA_INLINE inline void softmax_rows(const ScoreBlock& block, Wide<T>* scores, T* probabilities, Wide<T>* log_sums) {
  using W = Wide<T>;
  const auto cap = static_cast<W>(block.softcap);
  for (std::int64_t r = 0; r < block.num_queries; ++r, scores += block.num_keys, probabilities += block.num_keys) {
    const Span span = seen(block, r);
    W* const row = scores + span.begin;
    const std::int64_t n = span.end - span.begin;
    if (block.softcap > 0)
      for (std::int64_t i = 0; i < n; ++i) row[i] = cap * std::tanh(row[i] / cap);
    const W largest = reduce(
        n, -std::numeric_limits<W>::infinity(), [row](std::int64_t i) INTELIA_INLINE { return row[i]; },
        [](W a, W b) INTELIA_INLINE { return a > b ? a : b; });
    for (std::int64_t i = 0; i < n; ++i) row[i] = exponential(row[i] - largest);
    const W total = sum<W>(n, [row](std::int64_t i) INTELIA_INLINE { return row[i]; });
    const W share = 1 / total;
    for (std::int64_t i = 0; i < span.begin; ++i) probabilities[i] = T{};
    for (std::int64_t i = 0; i < n; ++i) probabilities[span.begin + i] = narrow<T>(row[i] * share);
    for (std::int64_t i = span.end; i < block.num_keys; ++i) probabilities[i] = T{};
    log_sums[r] = largest + std::log(total);
  }
}

template <class T>
INTELIA_INLINE inline void softmax_rows_backward(const ScoreBlock& block, const Wide<T>* scores,
                                                 const Wide<T>* log_sums, const Wide<T>* grad, const Wide<T>* along,
                                                 T* probabilities, T* grad_scores) {
  using W = Wide<T>;
  const auto cap = static_cast<W>(block.softcap);
  for (std::int64_t r = 0; r < block.num_queries; ++r) {
    const Span span = seen(block, r);
    for (std::int64_t i = 0; i < span.begin; ++i) probabilities[i] = grad_scores[i] = T{};
    if (block.softcap > 0) {
      for (std::int64_t i = span.begin; i < span.end; ++i) {
        const W tangent = std::tanh(scores[i] / cap), p = exponential(cap * tangent - log_sums[r]);
        probabilities[i] = narrow<T>(p);
        grad_scores[i] = narrow<T>(p * (grad[i] - along[r]) * (1 - tangent * tangent));
      }
    } else {
      for (std::int64_t i = span.begin; i < span.end; ++i) {
        const W p = exponential(scores[i] - log_sums[r]);
        probabilities[i] = narrow<T>(p);
        grad_scores[i] = narrow<T>(p * (grad[i] - along[r]));
      }
    }
    for (std::int64_t i = span.end; i < block.num_keys; ++i) probabilities[i] = grad_scores[i] = T{};
    scores += block.num_keys, grad += block.num_keys, probabilities += block.num_keys, grad_scores += block.num_keys;
  }
}

template <class T>
INTELIA_INLINE inline void copy_rows(std::int64_t rows, std::int64_t size, const Wide<T>* x, std::int64_t stride,
                                     T* out, std::int64_t out_stride) {
  for (std::int64_t r = 0; r < rows; ++r, x += stride, out += out_stride)
    for (std::int64_t i = 0; i < size; ++i) out[i] = narrow<T>(x[i]);
}

template <class T>
INTELIA_INLINE inline void multiply_rows(std::int64_t rows, std::int64_t size, const T* a, const T* b,
                                         std::int64_t stride, Wide<T>* out) {
  for (std::int64_t r = 0; r < rows; ++r, a += stride, b += stride)
    out[r] = sum<Wide<T>>(size, [a, b](std::int64_t i) INTELIA_INLINE { return widen(a[i]) * widen(b[i]); });
}

}  // namespace

#define INTELIA_ENTRIES(T, W)                                                                                          \
  INTELIA_VECTORIZED void softmax(const ScoreBlock& block, W* scores, T* probabilities, W* log_sums) {                 \
    softmax_rows(block, scores, probabilities, log_sums);                                                              \
  }                                                                                                                    \
  INTELIA_VECTORIZED void softmax_backward(const ScoreBlock& block, const W* scores, const W* log_sums, const W* grad, \
                                           const W* along, T* probabilities, T* grad_scores) {                         \
    softmax_rows_backward(block, scores, log_sums, grad, along, probabilities, grad_scores);                           \
  }                                                                                                                    \
  INTELIA_VECTORIZED void store_rows(std::int64_t rows, std::int64_t size, const W* x, std::int64_t stride, T* out,    \
                                     std::int64_t out_stride) {                                                        \
    copy_rows(rows, size, x, stride, out, out_stride);                                                                 \
  }                                                                                                                    \
  INTELIA_VECTORIZED void row_products(std::int64_t rows, std::int64_t size, const T* a, const T* b,                   \
                                       std::int64_t stride, W* out) {                                                  \
    multiply_rows(rows, size, a, b, stride, out);                                                                      \
  }

INTELIA_FOR_EACH_NUMBER(INTELIA_ENTRIES)

}  // namespace intelia::kernels
