// A Llama-style decoder: one block for all model families of lib/model, computed over concatenated sequences without
// padding. It knows weights and positions; not losses, optimizers or text.
#pragma once

#include <vector>

#include "base/sinks.hpp"
#include "model/adapter.hpp"
#include "model/config.hpp"
#include "nn/device.hpp"
#include "nn/linear.hpp"
#include "nn/operations/cached_attention.hpp"
#include "nn/rope.hpp"

namespace intelia::nn {

/**
 * Concatenated sequences. Some may continue the beginning of another one, as the second answer to a prompt does: their
 * own tokens are in the batch, and the keys and values that they attend to are those of `key_rows`.
 */
struct TokenBatch {
  Tensor ids;                             // [N] int64
  Tensor positions;                       // [N] int64, from 0 in each sequence that is whole
  std::vector<std::int64_t> lengths;      // of each sequence's own tokens; sums to N
  std::vector<std::int64_t> key_lengths;  // of each sequence's keys, its own tokens last; empty: all are whole
  Tensor key_rows;  // [Σ key_lengths] int64: the tokens that they are of; undefined: all are whole
};

/** Cached keys and values, for generation, and where those of the sequences of a pass are. */
struct KvCache {
  std::vector<Tensor> keys, values;  // per layer: [blocks, K, kBlockTokens, E]
  CacheLayout layout;                // of the pass
  std::vector<std::int64_t> spans;   // of each new token: what its sequence's length counts as for rotary positions
  RotaryTable rotary;
};

/** A weight outside the linear layers of blocks: the embedding, a norm, the head. */
struct Weight {
  std::string path;  // "model.norm"
  Tensor base;
  Tensor trained;  // the adapter's copy, when modules_to_save names it
  /** The one that a pass uses. */
  const Tensor& of(const Pass& pass) const { return pass.uses_adapter && trained.defined() ? trained : base; }
};

struct Block {
  Weight attention_norm, mlp_norm;                // [D]
  Weight attention_output_norm, mlp_output_norm;  // [D], with config.has_output_norms
  Weight q_norm, k_norm;                          // [E], with config.has_head_norms
  Linear q, k, v, o, gate, up, down;
  Linear qkv, gate_up;  // instead of q, k, v and of gate, up, with has_joint_projections
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
  std::optional<AdapterConfig> adapter;  // configuration of the adapter, if any
  const StopFlag* stop = nullptr;        // when set, a pass throws Interrupted at the next layer, forward and backward

  /** All weights outside linear layers. */
  std::vector<Weight*> weights();

  /**
   * Final hidden states (after the last norm) of the batch: [N, D], or with `rows` [S] (int64) only those of these
   * tokens, [S, D]: others are not computed after the last attention. With `cache` the batch holds the new tokens of
   * the sequences of its layout, whose keys and values are added to the cache.
   */
  Tensor hidden(const TokenBatch& batch, const Pass& pass, const Tensor& rows = {}, KvCache* cache = nullptr) const;

  /** Logits of final hidden states: [N, D] -> [N, V], with the family's softcap. With independent rows: fp32. */
  Tensor logits(const Tensor& hidden, const Pass& pass) const;

  /** Computes the rotary frequencies; call once after config and placement are set. */
  void prepare_positions() { positions_ = RotaryPositions(config.rope, placement.device); }

 private:
  /** Attention of `layer` on the normalized input, before its output projection: [N, D] -> [N, H·E]. */
  Tensor attention(std::size_t layer, const Tensor& normal, const TokenBatch& batch, const Rotation& rotation,
                   const Pass& pass, KvCache* cache) const;
  /** Cosine and sine for the batch. */
  Rotation rotation(const TokenBatch& batch, const Pass& pass, const Tensor& spans, KvCache* cache) const;
  /** The MLP on the normalized input: [N, D] -> [N, D]. */
  Tensor mlp(const Block& block, const Tensor& normal, const Pass& pass) const;
  Tensor norm(const Tensor& x, const Weight& weight, const Pass& pass) const;
  /** Throws Interrupted when `stop` is set, here or when the gradient of `x` is known. */
  void check_stop(const Tensor& x) const;

  RotaryPositions positions_;
};

/** Throws Error{input} for a token outside the model's vocabulary. */
void check_ids(const Decoder& model, const std::vector<std::int64_t>& ids);

/** Concatenates `sequences` on the model's device. Throws Error{input} for a token outside its vocabulary. */
TokenBatch make_batch(const Decoder& model, const std::vector<std::vector<std::int32_t>>& sequences);

/** Whether a pass over `model` can have independent rows. */
bool can_have_independent_rows(const Decoder& model);

}  // namespace intelia::nn
