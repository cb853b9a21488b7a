// Log-probabilities of tokens from final hidden states, for losses that are not sums over tokens.
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/** What is known of the distribution over the next token, without gradient: [S] fp32 each. */
struct TokenStatistics {
  Tensor entropy;     // nats
  Tensor mean_logit;  // over the vocabulary
  Tensor is_top;      // 1 where the label is the most likely token, else 0
  Tensor log_square;  // log Σ p²; undefined unless requested
};

struct LogProbs {
  Tensor values;  // log p of each label: [S] fp32, differentiable in hidden and head
  TokenStatistics statistics;
};

enum class Statistics { none, usual, with_log_square };

/**
 * log softmax(hidden · headᵀ)[label] in nats. Logits are computed for a chunk of rows at a time, so that [S, V] never
 * exists. hidden [S', D], head [V, D], labels [S] (int64); rows of `hidden` after the last label are padding. Logits z
 * become softcap·tanh(z / softcap) when that is above 0. With a frozen head each row's gradient is computed in the
 * forward pass and scaled in the backward; with a trained one it is recomputed there.
 */
LogProbs linear_log_probs(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap,
                          Statistics statistics);

}  // namespace intelia::nn
