// SwiGLU's activation (Shazeer 2020) in one pass. Raw pointers, no threads. Numbers are Bf16, float or double, computed
// with in Wide<T>.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

/** y = gate·σ(gate)·up, element by element. */
void swiglu(std::int64_t n, const float* gate, const float* up, float* y);
void swiglu(std::int64_t n, const Bf16* gate, const Bf16* up, Bf16* y);
void swiglu(std::int64_t n, const double* gate, const double* up, double* y);

/** y = gelu(gate)·up with the tanh approximation of GELU, which is gate·σ(2·√(2/π)·(gate + 0.044715·gate³)). */
void geglu(std::int64_t n, const float* gate, const float* up, float* y);

void swiglu_backward(std::int64_t n, const float* gate, const float* up, const float* grad, float* grad_gate,
                     float* grad_up);
void swiglu_backward(std::int64_t n, const Bf16* gate, const Bf16* up, const Bf16* grad, Bf16* grad_gate,
                     Bf16* grad_up);
void swiglu_backward(std::int64_t n, const double* gate, const double* up, const double* grad, double* grad_gate,
                     double* grad_up);

}  // namespace intelia::kernels
