#include "kernels/rotary.hpp"

namespace intelia::kernels {

namespace {

template <class T>
INTELIA_INLINE inline void rotate_heads(const RotaryShape& shape, const T* __restrict x, const T* __restrict cos,
                                        const T* __restrict sin, T* __restrict y) {
  const auto sign = static_cast<Wide<T>>(shape.sign);
  const std::int64_t half = shape.rotated / 2;
  for (std::int64_t t = 0; t < shape.tokens; ++t, cos += shape.rotated, sin += shape.rotated) {
    for (std::int64_t h = 0; h < shape.heads; ++h, x += shape.size, y += shape.size) {
      for (std::int64_t i = 0; i < half; ++i) {
        const Wide<T> a = widen(x[i]), b = widen(x[half + i]);
        y[i] = narrow<T>(a * widen(cos[i]) - sign * b * widen(sin[i]));
        y[half + i] = narrow<T>(b * widen(cos[half + i]) + sign * a * widen(sin[half + i]));
      }
      for (std::int64_t i = shape.rotated; i < shape.size; ++i) y[i] = x[i];
    }
  }
}

}  // namespace

#define INTELIA_ENTRIES(T, W)                                                                              \
  INTELIA_VECTORIZED void rotary(const RotaryShape& shape, const T* x, const T* cos, const T* sin, T* y) { \
    rotate_heads(shape, x, cos, sin, y);                                                                   \
  }

INTELIA_FOR_EACH_NUMBER(INTELIA_ENTRIES)

}  // namespace intelia::kernels
