// Attention of new tokens over a cache of keys and values in blocks.
#pragma once

#include <vector>

#include "nn/operations/attention.hpp"

namespace intelia::nn {

/** Tokens per block of the cache. */
inline constexpr std::int64_t kBlockTokens = 32;

/** Where the sequences of a pass are in the cache. */
struct CacheLayout {
  std::vector<std::vector<std::int32_t>> blocks;  // of each sequence, in the order of its tokens
  std::vector<std::int64_t> lengths;              // new tokens of each sequence; their sum is N
  std::vector<std::int64_t> totals;               // its tokens, the new ones included
};

/**
 * Stores k and v [N, K, E] in `keys` and `values` [blocks, K, kBlockTokens, E] and attends: q [N, H, E] -> [N, H·E] in
 * the type of q. A sequence with several new tokens that are not its first ones is only supported by the CPU's pass.
 * On the CPU q, k and v are fp32, and a token's result depends on its own sequence alone. Without gradient.
 */
Tensor attend_in_blocks(const Tensor& q, const Tensor& k, const Tensor& v, Tensor& keys, Tensor& values,
                        const CacheLayout& layout, const AttentionRule& rule = {});

/** The same in libtorch operations, whatever the device and type. */
Tensor attend_in_blocks_composed(const Tensor& q, const Tensor& k, const Tensor& v, Tensor& keys, Tensor& values,
                                 const CacheLayout& layout, const AttentionRule& rule = {});

}  // namespace intelia::nn
