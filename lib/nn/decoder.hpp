// A decoder of the Llama kind: one block for all families of lib/model, computed over sequences that lie one after the
// other without padding. It knows weights and positions; not losses, optimizers or text.
#pragma once

#include <vector>

#include "model/adapter.hpp"
#include "model/config.hpp"
#include "nn/device.hpp"
#include "nn/linear.hpp"
#include "nn/rope.hpp"

namespace intelia::nn {

/** Several sequences as one row of tokens. */
struct TokenBatch {
  Tensor ids;                         // [N] int64
  Tensor positions;                   // [N] int64, from 0 in each sequence
  std::vector<std::int64_t> lengths;  // sums to N
};

/** Keys and values of what was read so far, for generation. */
struct KvCache {
  std::vector<Tensor> keys, values;   // a layer: [B, K, Tmax, E]
  std::vector<std::int64_t> lengths;  // B; tokens held of each sequence
};

/** What is no linear layer of a block: the embedding, a norm, the head. */
struct Weight {
  std::string path;  // "model.norm"
  Tensor base;
  Tensor trained;  // the adapter's own, where modules_to_save names it
  /** The one that a pass sees. */
  const Tensor& of(const Pass& pass) const { return pass.uses_adapter && trained.defined() ? trained : base; }
};

struct Block {
  Weight attention_norm, mlp_norm;                // [D]
  Weight attention_output_norm, mlp_output_norm;  // [D], with config.has_output_norms
  Weight q_norm, k_norm;                          // [E], with config.has_head_norms
  Linear q, k, v, o, gate, up, down;
  Linear qkv, gate_up;  // in the place of q, k, v and of gate, up
  bool has_joint_projections = false;
  /** The linear layers in the order of layer_linears. */
  std::vector<Linear*> linears() {
    if (has_joint_projections) return {&qkv, &o, &gate_up, &down};
    return {&q, &k, &v, &o, &gate, &up, &down};
  }
  /** The norms in the order of layer_norms. */
  std::vector<Weight*> norms(const ModelConfig& config);
};

class Decoder {
 public:
  ModelConfig config;
  Placement placement;
  Weight embedding;   // [V, D]
  Weight final_norm;  // [D]
  Weight head;        // [V, D]; the embedding itself when tied
  std::vector<Block> blocks;
  std::optional<AdapterConfig> adapter;  // how the adapter on it is made, where there is one

  /** All that is no linear layer. */
  std::vector<Weight*> weights();

  /**
   * Final hidden states (after the last norm) of the batch: [N, D], or [S, D] of the tokens `rows` [S] (int64) when
   * given: what is not asked for is not computed behind the last attention. With `cache` (empty: it is filled; filled:
   * each sequence of the batch is one new token) keys and values are kept.
   */
  Tensor hidden(const TokenBatch& batch, const Pass& pass, const Tensor& rows = {}, KvCache* cache = nullptr) const;

  /** Logits of final hidden states: [N, D] -> [N, V], capped where the family caps them. */
  Tensor logits(const Tensor& hidden, const Pass& pass) const;

  /** Makes the rotary frequencies; call once after config and placement are set. */
  void prepare_positions() { positions_ = RotaryPositions(config.rope, placement.device); }

 private:
  /** What attention of `layer` gives for the normalized [N, D] -> [N, H·E]. */
  Tensor attention(std::size_t layer, const Tensor& normal, const TokenBatch& batch, const Rotation& rotation,
                   const Pass& pass, KvCache* cache, const Tensor& slots) const;
  /** What the MLP gives for the normalized [N, D] -> [N, D]. */
  Tensor mlp(const Block& block, const Tensor& normal, const Pass& pass) const;
  Tensor norm(const Tensor& x, const Weight& weight, const Pass& pass) const;

  RotaryPositions positions_;
};

/** `sequences` one after the other, where the model is. Throws Error{input} for a token outside its vocabulary. */
TokenBatch make_batch(const Decoder& model, const std::vector<std::vector<std::int32_t>>& sequences);

/** An empty cache with room for `max_tokens` tokens of each of `num_sequences` sequences. */
KvCache make_cache(const Decoder& model, std::int64_t num_sequences, std::int64_t max_tokens);

}  // namespace intelia::nn
