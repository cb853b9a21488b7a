// A transformer block's element-wise parts on the CPU, each in one pass over its rows instead of one a library
// operation: what is between the matrix products of training costs as much as these when every step of a formula reads
// and writes memory. Raw pointers, no threads: callers hand out rows. Numbers are Bf16, float or double, sums in
// Wide<T>.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

/**
 * y = x / sqrt(mean(x²) + eps), times the weight as it is (rounded to T before, as Llama has it) or, with `offset` ≠ 0,
 * times weight + offset (rounded once, as Gemma has it). x, y [rows, size]; weight [size]; rstd [rows]: 1/sqrt(…), for
 * the backward. A row whose squares are beyond what W holds becomes NaN, which training stops at, not zeros, which it
 * would learn nothing from.
 */
struct NormShape {
  std::int64_t rows, size;
  double eps, offset;
};
void rms_norm(const NormShape& shape, const float* x, const float* weight, float* y, float* rstd);
void rms_norm(const NormShape& shape, const Bf16* x, const float* weight, Bf16* y, float* rstd);
void rms_norm(const NormShape& shape, const double* x, const double* weight, double* y, double* rstd);

/** With n = x·rstd and g = grad·(weight + offset): grad_x = rstd·(g − n·mean(g·n)). */
void rms_norm_backward(const NormShape& shape, const float* x, const float* weight, const float* rstd,
                       const float* grad, float* grad_x);
void rms_norm_backward(const NormShape& shape, const Bf16* x, const float* weight, const float* rstd, const Bf16* grad,
                       Bf16* grad_x);
void rms_norm_backward(const NormShape& shape, const double* x, const double* weight, const double* rstd,
                       const double* grad, double* grad_x);

/** y = gate·σ(gate)·up, element by element. */
void silu_gated(std::int64_t n, const float* gate, const float* up, float* y);
void silu_gated(std::int64_t n, const Bf16* gate, const Bf16* up, Bf16* y);
void silu_gated(std::int64_t n, const double* gate, const double* up, double* y);

void silu_gated_backward(std::int64_t n, const float* gate, const float* up, const float* grad, float* grad_gate,
                         float* grad_up);
void silu_gated_backward(std::int64_t n, const Bf16* gate, const Bf16* up, const Bf16* grad, Bf16* grad_gate,
                         Bf16* grad_up);
void silu_gated_backward(std::int64_t n, const double* gate, const double* up, const double* grad, double* grad_gate,
                         double* grad_up);

/**
 * Rotary positions, halves a, b of the first `turned` elements of a head: a·cos − b·sin and b·cos + a·sin, sin times
 * `sign` (−1 turns back); the rest of the head stays. x, y [tokens, heads, size]; cos, sin [tokens, turned].
 */
struct TurnShape {
  std::int64_t tokens, heads, size, turned;
  double sign;
};
void turn(const TurnShape& shape, const float* x, const float* cos, const float* sin, float* y);
void turn(const TurnShape& shape, const Bf16* x, const Bf16* cos, const Bf16* sin, Bf16* y);
void turn(const TurnShape& shape, const double* x, const double* cos, const double* sin, double* y);

/**
 * A block of queries and the keys that any of them sees. Query `first_query` + r sees key `first_key` + j when that is
 * at most as far as itself and, with a window, one of the last `window` tokens. Scores become softcap·tanh(score /
 * softcap) when that is > 0.
 */
struct ScoreBlock {
  std::int64_t num_queries, num_keys, first_query, first_key, window;
  double softcap;
};
/** scores [num_queries, num_keys], overwritten -> their softmax, 0 where nothing is seen, and log Σ exp of each row
 * [num_queries]. */
void softmax(const ScoreBlock& block, float* scores, float* probabilities, float* log_sums);
void softmax(const ScoreBlock& block, float* scores, Bf16* probabilities, float* log_sums);
void softmax(const ScoreBlock& block, double* scores, double* probabilities, double* log_sums);

/** From scores, log_sums, the gradient of the probabilities and its inner product with them (`along` [num_queries]):
   the probabilities again, and the gradient of the scores before the cap. */
void softmax_backward(const ScoreBlock& block, const float* scores, const float* log_sums, const float* grad,
                      const float* along, float* probabilities, float* grad_scores);
void softmax_backward(const ScoreBlock& block, const float* scores, const float* log_sums, const float* grad,
                      const float* along, Bf16* probabilities, Bf16* grad_scores);
void softmax_backward(const ScoreBlock& block, const double* scores, const double* log_sums, const double* grad,
                      const double* along, double* probabilities, double* grad_scores);

/** Rows of [rows, size] with `stride` between them, rounded into `out`, whose rows lie `out_stride` apart. */
void store_rows(std::int64_t rows, std::int64_t size, const float* x, std::int64_t stride, float* out,
                std::int64_t out_stride);
void store_rows(std::int64_t rows, std::int64_t size, const float* x, std::int64_t stride, Bf16* out,
                std::int64_t out_stride);
void store_rows(std::int64_t rows, std::int64_t size, const double* x, std::int64_t stride, double* out,
                std::int64_t out_stride);

/** out[r] = Σ a[r]·b[r] of rows that lie `stride` apart. */
void row_products(std::int64_t rows, std::int64_t size, const float* a, const float* b, std::int64_t stride,
                  float* out);
void row_products(std::int64_t rows, std::int64_t size, const Bf16* a, const Bf16* b, std::int64_t stride, float* out);
void row_products(std::int64_t rows, std::int64_t size, const double* a, const double* b, std::int64_t stride,
                  double* out);

/**
 * x·mask/(1 − p) into `out`, or added to what is there: the mask of an element follows from the hash of `seed` and its
 * number, so that it is never stored; the same numbers everywhere. p counts in steps of 2⁻¹⁶. Elements [begin, end) of
 * the whole, `begin` a multiple of kMaskRun.
 */
inline constexpr std::int64_t kMaskRun = 32;
struct Mask {
  double p;
  std::uint64_t seed;
};
void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const float* x, float* out);
void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const Bf16* x, Bf16* out);
void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const double* x, double* out);
void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const float* x, float* out);
void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const Bf16* x, Bf16* out);
void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const double* x, double* out);

}  // namespace intelia::kernels
