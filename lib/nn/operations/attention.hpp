// Causal attention over concatenated sequences without padding, and of new tokens over a cache.
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "nn/shapes.hpp"

namespace intelia::nn {

/** How scores are computed from queries and keys. */
struct AttentionRule {
  std::int64_t sliding_window = 0;     // a token sees that many last tokens, itself included; 0: all
  double scale = 0;                    // of q · k; 0: 1/sqrt(E)
  double softcap = 0;                  // a score becomes softcap·tanh(score / softcap); 0: unchanged
  std::int64_t held_scores = 4 << 20;  // attend_composed: maximum number of capped scores in memory at once
};

/** Lengths of concatenated sequences. */
struct SequenceLengths {
  std::vector<std::int64_t> queries;
  /** Keys of each sequence, whose last ones belong to its queries; empty: only those. A second answer to a prompt has
     the prompt's keys before its own. */
  std::vector<std::int64_t> keys;

  SequenceLengths(std::vector<std::int64_t> lengths) : queries(std::move(lengths)) {}
  SequenceLengths(std::initializer_list<std::int64_t> lengths) : queries(lengths) {}
  SequenceLengths(std::vector<std::int64_t> num_queries, std::vector<std::int64_t> num_keys)
      : queries(std::move(num_queries)), keys(std::move(num_keys)) {}
  const std::vector<std::int64_t>& num_keys() const { return keys.empty() ? queries : keys; }
};

/** The factor of q · k. */
double scale_of(const AttentionRule& rule, std::int64_t head_size);

/** q [N, H, E], k and v [M, K, E], sequence by sequence of `lengths` -> [N, H·E]. Differentiable in q, k and v. */
Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const SequenceLengths& lengths,
              const AttentionRule& rule = {});

/** The same with lib/kernels on the CPU; on device meta only the tensors are created. */
Tensor attend_on_cpu(const Tensor& q, const Tensor& k, const Tensor& v, const SequenceLengths& lengths,
                     const AttentionRule& rule = {});

/** The same in libtorch operations, whatever the device. */
Tensor attend_composed(const Tensor& q, const Tensor& k, const Tensor& v, const SequenceLengths& lengths,
                       const AttentionRule& rule = {});

/** One new token per sequence over its cache, where it is at position `slots` [B]. q [B, H, E], keys and values [B, K,
   Tmax, E] -> [B, H·E]. Without gradient. */
Tensor attend_cached(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& slots,
                     const AttentionRule& rule = {});

}  // namespace intelia::nn
