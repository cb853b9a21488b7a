// Causal attention of sequences that lie one after the other, and of new tokens over a cache.
#pragma once

#include <vector>

#include "nn/shapes.hpp"

namespace intelia::nn {

/** q [N, H, E], k and v [N, K, E], sequence by sequence of `lengths` -> [N, H·E]. `window` > 0: only so many last tokens. */
Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths, std::int64_t window);

/** One new token a sequence over its cache. q [B, H, E], keys and values [B, K, Tmax, E], visible [B, Tmax] (bool) -> [B, H·E]. */
Tensor attend_cached(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& visible);

}  // namespace intelia::nn
