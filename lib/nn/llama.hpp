// The Llama family (Llama 1–3.x, CodeLlama, Mistral): one block description, computed over sequences that lie one after
// the other without padding. It knows weights and positions; not losses, optimizers or text.
#pragma once

#include <vector>

#include "model/config.hpp"
#include "nn/device.hpp"
#include "nn/linear.hpp"

namespace intelia::nn {

/** Several sequences as one row of tokens. */
struct TokenBatch {
  Tensor ids;                           // [N] int64
  Tensor positions;                     // [N] int64, from 0 in each sequence
  std::vector<std::int64_t> lengths;    // sums to N
};

/** Keys and values of what was read so far, for generation. */
struct KvCache {
  std::vector<Tensor> keys, values;     // a layer: [B, K, Tmax, E]
  std::vector<std::int64_t> lengths;    // B; tokens held of each sequence
};

struct Block {
  Tensor attention_norm, mlp_norm;      // [D]
  Linear q, k, v, o, gate, up, down;
  /** The seven linear layers, in this order. */
  std::vector<Linear*> linears() { return {&q, &k, &v, &o, &gate, &up, &down}; }
};

class Llama {
 public:
  ModelConfig config;
  Placement placement;
  Tensor embedding;                     // [V, D]
  Tensor final_norm;                    // [D]
  Tensor head;                          // [V, D]; the embedding itself when tied
  std::vector<Block> blocks;

  /**
   * Final hidden states (after the last norm) of the batch: [N, D], or [S, D] of the tokens `rows` [S] (int64) when given:
   * what is not asked for is not computed behind the last attention. With `cache` (empty: it is filled; filled: each
   * sequence of the batch is one new token) keys and values are kept.
   */
  Tensor hidden(const TokenBatch& batch, const Pass& pass, const Tensor& rows = {}, KvCache* cache = nullptr) const;

  /** Makes the rotary frequencies; call once after config and placement are set. */
  void prepare_positions();

 private:
  Tensor inverse_frequencies_;          // [E/2] fp32
};

/** `sequences` one after the other, where the model is. Throws Error{input} for a token outside its vocabulary. */
TokenBatch make_batch(const Llama& model, const std::vector<std::vector<std::int32_t>>& sequences);

/** An empty cache with room for `max_tokens` tokens of each of `num_sequences` sequences. */
KvCache make_cache(const Llama& model, std::int64_t num_sequences, std::int64_t max_tokens);

}  // namespace intelia::nn
