// Causal attention of sequences that lie one after the other, and of new tokens over a cache.
#pragma once

#include <vector>

#include "nn/shapes.hpp"

namespace intelia::nn {

/** How scores are made of queries and keys. */
struct AttentionRule {
  std::int64_t window = 0;             // a token sees so many last ones, itself counted; 0: all
  double scale = 0;                    // of q · k; 0: 1/sqrt(E)
  double softcap = 0;                  // a score becomes cap·tanh(score / cap); 0: stays
  std::int64_t held_scores = 4 << 20;  // attend_composed: at most so many capped ones at once
};

/** x -> cap·tanh(x / cap): numbers never leave (−cap, cap). */
Tensor softcapped(const Tensor& x, double cap);

/** q [N, H, E], k and v [N, K, E], sequence by sequence of `lengths` -> [N, H·E]. */
Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
              const AttentionRule& rule = {});

/** The same of library operations, for where there is no kernel of our own: on a GPU, and in fp16. */
Tensor attend_composed(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
                       const AttentionRule& rule = {});

/** One new token a sequence over its cache, in which it stands at `slots` [B]. q [B, H, E], keys and values [B, K,
   Tmax, E]
    -> [B, H·E]. */
Tensor attend_cached(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& slots,
                     const AttentionRule& rule = {});

}  // namespace intelia::nn
