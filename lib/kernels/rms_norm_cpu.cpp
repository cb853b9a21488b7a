#include <cmath>
#include <limits>

#include "kernels/rms_norm.hpp"

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

}  // namespace

#define INTELIA_ENTRIES(T, W)                                                                                   \
  INTELIA_VECTORIZED void rms_norm(const NormShape& shape, const T* x, const W* weight, T* y, W* rstd) {        \
    norm_rows(shape, x, weight, y, rstd);                                                                       \
  }                                                                                                             \
  INTELIA_VECTORIZED void rms_norm_backward(const NormShape& shape, const T* x, const W* weight, const W* rstd, \
                                            const T* grad, T* grad_x) {                                         \
    norm_rows_backward(shape, x, weight, rstd, grad, grad_x);                                                   \
  }

INTELIA_FOR_EACH_NUMBER(INTELIA_ENTRIES)

}  // namespace intelia::kernels
