// The head's projection and the cross-entropy of its logits in one operation, which never holds all logits.
#pragma once

#include "nn/shapes.hpp"

namespace intelia::nn {

/**
 * Σ −w·log softmax(hidden · headᵀ)[label] in nats. Logits are computed for a chunk of rows at a time, so that [S, V]
 * never exists. hidden [S', D], head [V, D], labels [S] (int64), weights w [S] fp32 or undefined (all 1) -> [] fp32;
 * rows of `hidden` after the last label are padding. Logits z become softcap·tanh(z / softcap) when that is above 0.
 * Differentiable in hidden and head; the gradients are computed in the forward pass and only scaled in the backward.
 */
Tensor linear_cross_entropy(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap = 0,
                            const Tensor& weights = {});

/** The same per row, unweighted and without gradient: [S] fp32. */
Tensor linear_cross_entropy_rows(const Tensor& hidden, const Tensor& head, const Tensor& labels, double softcap = 0);

}  // namespace intelia::nn
