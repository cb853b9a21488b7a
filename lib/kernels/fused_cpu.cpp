#include <cmath>
#include <limits>

#include "kernels/fused.hpp"

namespace intelia::kernels {

namespace {

template <class T>
INTELIA_INLINE inline void norm_rows(const NormShape& shape, const T* __restrict x, const Wide<T>* __restrict weight,
                                     T* __restrict y, Wide<T>* __restrict rstd) {
  using W = Wide<T>;
  const W size = static_cast<W>(shape.size), eps = static_cast<W>(shape.eps), offset = static_cast<W>(shape.offset);
  for (std::int64_t r = 0; r < shape.rows; ++r, x += shape.size, y += shape.size) {
    const W squares = sum<W>(shape.size, [x](std::int64_t i) INTELIA_INLINE { return widen(x[i]) * widen(x[i]); });
    const W root = std::sqrt(squares / size + eps);
    const W scale = root < std::numeric_limits<W>::infinity() ? 1 / root : std::numeric_limits<W>::quiet_NaN();
    rstd[r] = scale;
    if (shape.offset == 0)
      for (std::int64_t i = 0; i < shape.size; ++i) y[i] = narrow<T>(widen(narrow<T>(widen(x[i]) * scale)) * weight[i]);
    else
      for (std::int64_t i = 0; i < shape.size; ++i) y[i] = narrow<T>(widen(x[i]) * scale * (weight[i] + offset));
  }
}

template <class T>
INTELIA_INLINE inline void norm_rows_backward(const NormShape& shape, const T* __restrict x,
                                              const Wide<T>* __restrict weight, const Wide<T>* rstd,
                                              const T* __restrict grad, T* __restrict grad_x) {
  using W = Wide<T>;
  const W size = static_cast<W>(shape.size), offset = static_cast<W>(shape.offset);
  for (std::int64_t r = 0; r < shape.rows; ++r, x += shape.size, grad += shape.size, grad_x += shape.size) {
    const W scale = rstd[r];
    const W along = sum<W>(shape.size,
                           [=](std::int64_t i) INTELIA_INLINE {
                             return widen(grad[i]) * (weight[i] + offset) * (widen(x[i]) * scale);
                           }) /
                    size;
    for (std::int64_t i = 0; i < shape.size; ++i)
      grad_x[i] = narrow<T>((widen(grad[i]) * (weight[i] + offset) - widen(x[i]) * scale * along) * scale);
  }
}

template <class T>
INTELIA_INLINE inline void silu_range(std::int64_t n, const T* __restrict gate, const T* __restrict up,
                                      T* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) {
    const Wide<T> g = widen(gate[i]);
    y[i] = narrow<T>(g / (1 + exponential(-g)) * widen(up[i]));
  }
}

template <class T>
INTELIA_INLINE inline void silu_range_backward(std::int64_t n, const T* __restrict gate, const T* __restrict up,
                                               const T* __restrict grad, T* __restrict grad_gate,
                                               T* __restrict grad_up) {
  for (std::int64_t i = 0; i < n; ++i) {
    const Wide<T> g = widen(gate[i]), d = widen(grad[i]), sigmoid = 1 / (1 + exponential(-g));
    grad_up[i] = narrow<T>(d * g * sigmoid);
    grad_gate[i] = narrow<T>(d * widen(up[i]) * sigmoid * (1 + g * (1 - sigmoid)));
  }
}

template <class T>
INTELIA_INLINE inline void turn_heads(const TurnShape& shape, const T* __restrict x, const T* __restrict cos,
                                      const T* __restrict sin, T* __restrict y) {
  const auto sign = static_cast<Wide<T>>(shape.sign);
  const std::int64_t half = shape.turned / 2;
  for (std::int64_t t = 0; t < shape.tokens; ++t, cos += shape.turned, sin += shape.turned) {
    for (std::int64_t h = 0; h < shape.heads; ++h, x += shape.size, y += shape.size) {
      for (std::int64_t i = 0; i < half; ++i) {
        const Wide<T> a = widen(x[i]), b = widen(x[half + i]);
        y[i] = narrow<T>(a * widen(cos[i]) - sign * b * widen(sin[i]));
        y[half + i] = narrow<T>(b * widen(cos[half + i]) + sign * a * widen(sin[half + i]));
      }
      for (std::int64_t i = shape.turned; i < shape.size; ++i) y[i] = x[i];
    }
  }
}

/** The keys [begin, end) of the block that query r sees. */
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

/** The hash of (seed, i): murmur3's finalizer (Appleby) over the number, salted on both sides of the first round. */
INTELIA_INLINE inline std::uint32_t hash(std::uint32_t i, std::uint64_t seed) {
  std::uint32_t h = i * 0x9e3779b1u + static_cast<std::uint32_t>(seed);
  h ^= h >> 16;
  h = (h ^ static_cast<std::uint32_t>(seed >> 32)) * 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ h >> 16;
}

template <bool adds, class T>
INTELIA_INLINE inline void drop_range(const Mask& mask, std::int64_t begin, std::int64_t end, const T* __restrict x,
                                      T* __restrict out) {
  const auto threshold = static_cast<std::uint32_t>(mask.p * 65536 + 0.5);
  const std::uint64_t seed = mask.seed;
  const auto scale = static_cast<Wide<T>>(65536.0 / (65536 - threshold));
  const auto store = [=](std::int64_t i, std::uint32_t half) INTELIA_INLINE {
    const Wide<T> value = widen(x[i]) * scale, kept = half >= threshold ? value : 0;
    out[i] = narrow<T>(adds ? widen(out[i]) + kept : kept);
  };
  // One hash decides for two elements, a half each: sixteen hashes for each run of 32 elements.
  for (; begin + kMaskRun <= end; begin += kMaskRun) {
    const auto first = static_cast<std::uint32_t>(begin / 2);
    for (std::uint32_t l = 0; l < kMaskRun / 2; ++l) {
      const std::uint32_t h = hash(first + l, seed);
      store(begin + l, h & 0xffff);
      store(begin + kMaskRun / 2 + l, h >> 16);
    }
  }
  for (std::int64_t i = begin; i < end; ++i) {
    const std::int64_t l = i - begin;
    const std::uint32_t h = hash(static_cast<std::uint32_t>(begin / 2 + l % (kMaskRun / 2)), seed);
    store(i, l < kMaskRun / 2 ? h & 0xffff : h >> 16);
  }
}

}  // namespace

// The entries: the same for each kind of number, each compiled for every width of registers.
#define INTELIA_ENTRIES(T, W)                                                                                          \
  INTELIA_VECTORIZED void rms_norm(const NormShape& shape, const T* x, const W* weight, T* y, W* rstd) {               \
    norm_rows(shape, x, weight, y, rstd);                                                                              \
  }                                                                                                                    \
  INTELIA_VECTORIZED void rms_norm_backward(const NormShape& shape, const T* x, const W* weight, const W* rstd,        \
                                            const T* grad, T* grad_x) {                                                \
    norm_rows_backward(shape, x, weight, rstd, grad, grad_x);                                                          \
  }                                                                                                                    \
  INTELIA_VECTORIZED void silu_gated(std::int64_t n, const T* gate, const T* up, T* y) { silu_range(n, gate, up, y); } \
  INTELIA_VECTORIZED void silu_gated_backward(std::int64_t n, const T* gate, const T* up, const T* grad, T* grad_gate, \
                                              T* grad_up) {                                                            \
    silu_range_backward(n, gate, up, grad, grad_gate, grad_up);                                                        \
  }                                                                                                                    \
  INTELIA_VECTORIZED void turn(const TurnShape& shape, const T* x, const T* cos, const T* sin, T* y) {                 \
    turn_heads(shape, x, cos, sin, y);                                                                                 \
  }                                                                                                                    \
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
  }                                                                                                                    \
  INTELIA_VECTORIZED void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const T* x, T* out) {           \
    drop_range<false>(mask, begin, end, x, out);                                                                       \
  }                                                                                                                    \
  INTELIA_VECTORIZED void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const T* x, T* out) {    \
    drop_range<true>(mask, begin, end, x, out);                                                                        \
  }

INTELIA_ENTRIES(float, float)
INTELIA_ENTRIES(Bf16, float)
INTELIA_ENTRIES(double, double)

}  // namespace intelia::kernels
