// The element-wise parts of attention between its matrix products, one pass each. Raw pointers, no threads: callers
// distribute heads. Numbers are Bf16, float or double; scores and sums are in Wide<T>.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

/**
 * A block of queries and the keys that any of them sees. Query `first_query` + r sees key `first_key` + j when the key
 * is not after it and, with a sliding window, among the last `window` tokens. Scores become softcap·tanh(score /
 * softcap) when softcap > 0.
 */
struct ScoreBlock {
  std::int64_t num_queries, num_keys, first_query, first_key, window;
  double softcap;
};

/** scores [num_queries, num_keys], overwritten -> their softmax, 0 where masked, and log Σ exp of each row
 * [num_queries]. */
void softmax(const ScoreBlock& block, float* scores, float* probabilities, float* log_sums);
void softmax(const ScoreBlock& block, float* scores, Bf16* probabilities, float* log_sums);
void softmax(const ScoreBlock& block, double* scores, double* probabilities, double* log_sums);

/** From scores, log_sums, the gradient of the probabilities and its inner product with them (`along` [num_queries]):
   the probabilities again, and the gradient of the scores before the softcap. */
void softmax_backward(const ScoreBlock& block, const float* scores, const float* log_sums, const float* grad,
                      const float* along, float* probabilities, float* grad_scores);
void softmax_backward(const ScoreBlock& block, const float* scores, const float* log_sums, const float* grad,
                      const float* along, Bf16* probabilities, Bf16* grad_scores);
void softmax_backward(const ScoreBlock& block, const double* scores, const double* log_sums, const double* grad,
                      const double* along, double* probabilities, double* grad_scores);

/** Copies rows of [rows, size], `stride` apart, to `out`, `out_stride` apart, rounded to its type. */
void store_rows(std::int64_t rows, std::int64_t size, const float* x, std::int64_t stride, float* out,
                std::int64_t out_stride);
void store_rows(std::int64_t rows, std::int64_t size, const float* x, std::int64_t stride, Bf16* out,
                std::int64_t out_stride);
void store_rows(std::int64_t rows, std::int64_t size, const double* x, std::int64_t stride, double* out,
                std::int64_t out_stride);

/** out[r] = Σ a[r]·b[r] over rows that are `stride` apart. */
void row_products(std::int64_t rows, std::int64_t size, const float* a, const float* b, std::int64_t stride,
                  float* out);
void row_products(std::int64_t rows, std::int64_t size, const Bf16* a, const Bf16* b, std::int64_t stride, float* out);
void row_products(std::int64_t rows, std::int64_t size, const double* a, const double* b, std::int64_t stride,
                  double* out);

}  // namespace intelia::kernels
