#include "kernels/swiglu.hpp"

namespace intelia::kernels {

namespace {

template <class T>
INTELIA_INLINE inline void swiglu_range(std::int64_t n, const T* __restrict gate, const T* __restrict up,
                                        T* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) {
    const Wide<T> g = widen(gate[i]);
    y[i] = narrow<T>(g / (1 + exponential(-g)) * widen(up[i]));
  }
}

template <class T>
INTELIA_INLINE inline void swiglu_range_backward(std::int64_t n, const T* __restrict gate, const T* __restrict up,
                                                 const T* __restrict grad, T* __restrict grad_gate,
                                                 T* __restrict grad_up) {
  for (std::int64_t i = 0; i < n; ++i) {
    const Wide<T> g = widen(gate[i]), d = widen(grad[i]), sigmoid = 1 / (1 + exponential(-g));
    grad_up[i] = narrow<T>(d * g * sigmoid);
    grad_gate[i] = narrow<T>(d * widen(up[i]) * sigmoid * (1 + g * (1 - sigmoid)));
  }
}

}  // namespace

#define INTELIA_ENTRIES(T, W)                                                                                        \
  INTELIA_VECTORIZED void swiglu(std::int64_t n, const T* gate, const T* up, T* y) { swiglu_range(n, gate, up, y); } \
  INTELIA_VECTORIZED void swiglu_backward(std::int64_t n, const T* gate, const T* up, const T* grad, T* grad_gate,   \
                                          T* grad_up) {                                                              \
    swiglu_range_backward(n, gate, up, grad, grad_gate, grad_up);                                                    \
  }

INTELIA_FOR_EACH_NUMBER(INTELIA_ENTRIES)

INTELIA_VECTORIZED void geglu(std::int64_t n, const float* __restrict gate, const float* __restrict up,
                              float* __restrict y) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = gate[i], inner = 1.5957691216057308f * (g + 0.044715f * g * g * g);
    y[i] = g / (1 + exponential(-inner)) * up[i];
  }
}

}  // namespace intelia::kernels
