#include "nn/decoder.hpp"

#include "nn/operations/attention.hpp"
#include "nn/operations/gated_activation.hpp"
#include "nn/operations/neftune.hpp"
#include "nn/operations/rms_norm.hpp"
#include "nn/operations/rotary.hpp"
#include "nn/operations/softcap.hpp"

namespace intelia::nn {

std::vector<Weight*> Block::norms(const ModelConfig& config) {
  std::vector<Weight*> list = {&attention_norm, &mlp_norm};
  if (config.has_output_norms) list.insert(list.end(), {&attention_output_norm, &mlp_output_norm});
  if (config.has_head_norms) list.insert(list.end(), {&q_norm, &k_norm});
  return list;
}

std::vector<Weight*> Decoder::weights() {
  std::vector<Weight*> list = {&embedding};
  for (Block& block : blocks)
    for (Weight* weight : block.norms(config)) list.push_back(weight);
  list.insert(list.end(), {&final_norm, &head});
  return list;
}

Tensor Decoder::attention(std::size_t layer, const Tensor& normal, const TokenBatch& batch, const Rotation& rotation,
                          const Pass& pass, KvCache* cache, const Tensor& slots) const {
  const Block& block = blocks[layer];
  const std::int64_t num_tokens = normal.size(0), heads = config.num_attention_heads,
                     kv_heads = config.num_key_value_heads;
  const std::int64_t size = config.head_dim;
  std::vector<Tensor> parts;  // [N, H·E], [N, K·E] twice
  if (block.has_joint_projections)
    parts = block.qkv(normal, pass).split_with_sizes({heads * size, kv_heads * size, kv_heads * size}, -1);
  else
    parts = {block.q(normal, pass), block.k(normal, pass), block.v(normal, pass)};
  Tensor q = parts[0].view({num_tokens, heads, size});           // [N, H, E]
  Tensor k = parts[1].view({num_tokens, kv_heads, size});        // [N, K, E]
  const Tensor v = parts[2].view({num_tokens, kv_heads, size});  // [N, K, E]
  if (config.has_head_norms) {
    q = norm(q, block.q_norm, pass);
    k = norm(k, block.k_norm, pass);
  }
  q = apply_rotary(q, rotation.cos, rotation.sin);
  k = apply_rotary(k, rotation.cos, rotation.sin);

  const AttentionRule rule{window_of(config, static_cast<std::int64_t>(layer)), config.attention_scale,
                           config.attention_softcap};
  if (batch.key_rows.defined())
    return attend(q, k.index_select(0, batch.key_rows), v.index_select(0, batch.key_rows),
                  {batch.lengths, batch.key_lengths}, rule);
  if (cache == nullptr) return attend(q, k, v, batch.lengths, rule);
  Tensor &keys = cache->keys[layer], &values = cache->values[layer];  // [B, K, Tmax, E]
  if (slots.defined()) {                                              // one new token of each sequence
    const Tensor sequence = at::arange(num_tokens, slots.options());
    keys.index_put_({sequence, at::indexing::Slice(), slots}, k);
    values.index_put_({sequence, at::indexing::Slice(), slots}, v);
    return attend_cached(q, keys, values, slots, rule);
  }
  std::int64_t begin = 0;
  for (std::size_t b = 0; b < batch.lengths.size(); begin += batch.lengths[b++]) {
    const auto sequence = static_cast<std::int64_t>(b);
    keys[sequence].narrow(1, 0, batch.lengths[b]).copy_(k.narrow(0, begin, batch.lengths[b]).transpose(0, 1));
    values[sequence].narrow(1, 0, batch.lengths[b]).copy_(v.narrow(0, begin, batch.lengths[b]).transpose(0, 1));
  }
  return attend(q, k, v, batch.lengths, rule);
}

Tensor Decoder::mlp(const Block& block, const Tensor& normal, const Pass& pass) const {
  std::vector<Tensor> parts;  // [N, F] twice
  if (block.has_joint_projections)
    parts = block.gate_up(normal, pass).chunk(2, -1);
  else
    parts = {block.gate(normal, pass), block.up(normal, pass)};
  return block.down(gated_activation(parts[0], parts[1], config.activation), pass);
}

Tensor Decoder::hidden(const TokenBatch& batch, const Pass& pass, const Tensor& rows, KvCache* cache) const {
  Tensor slots, spans;  // position of a new token in the cache; length of each token's sequence
  if (cache != nullptr && !cache->lengths.empty() && cache->lengths[0] > 0) {
    slots = at::tensor(cache->lengths, at::kLong).to(placement.device);  // [B]
    spans = slots + 1;
  } else {
    const auto on_device = [&](const std::vector<std::int64_t>& list) {
      return at::tensor(list, at::kLong).to(placement.device);
    };
    const Tensor lengths = on_device(batch.lengths);
    spans = at::repeat_interleave(batch.key_lengths.empty() ? lengths : on_device(batch.key_lengths), lengths, 0,
                                  batch.ids.size(0));  // [N]
  }
  const Rotation rotation = positions_.at(batch.positions, spans, placement.dtype);

  Tensor x = at::embedding(embedding.of(pass), batch.ids).to(placement.dtype);  // [N, D]
  if (config.embedding_scale != 1) x = x * at::scalar_tensor(config.embedding_scale, x.options());
  if (pass.is_training && pass.neftune_alpha > 0)
    x = x + neftune_noise(spans, x.size(1), pass.neftune_alpha, pass.seed).to(x.scalar_type());
  for (std::size_t layer = 0; layer < blocks.size(); ++layer) {
    const Block& block = blocks[layer];
    check_stop(x);
    Tensor mixed =
        attention(layer, norm(x, block.attention_norm, pass), batch, rotation, pass, cache, slots);  // [N, H·E]
    if (rows.defined() && layer + 1 == blocks.size()) {  // nothing after this mixes tokens
      mixed = mixed.index_select(0, rows);               // [S, H·E]
      x = x.index_select(0, rows);                       // [S, D]
    }
    Tensor added = block.o(mixed, pass);
    if (config.has_output_norms) added = norm(added, block.attention_output_norm, pass);
    x = x + added;
    added = mlp(block, norm(x, block.mlp_norm, pass), pass);
    if (config.has_output_norms) added = norm(added, block.mlp_output_norm, pass);
    x = x + added;
  }
  if (cache != nullptr)
    for (std::size_t b = 0; b < batch.lengths.size(); ++b) cache->lengths[b] += batch.lengths[b];
  return norm(x, final_norm, pass);
}

void Decoder::check_stop(const Tensor& x) const {
  if (stop == nullptr) return;
  stop->check("the pass through the model");
  if (x.requires_grad()) x.register_hook([flag = stop](const Tensor&) { flag->check("the pass through the model"); });
}

Tensor Decoder::norm(const Tensor& x, const Weight& weight, const Pass& pass) const {
  return rms_norm(x, weight.of(pass), config.rms_norm_eps, config.norm_offset);
}

Tensor Decoder::logits(const Tensor& hidden, const Pass& pass) const {
  const Tensor logits = at::linear(hidden, head.of(pass).to(hidden.scalar_type()));  // [N, V]
  return config.logit_softcap > 0 ? softcapped(logits, config.logit_softcap) : logits;
}

void check_ids(const Decoder& model, const std::vector<std::int64_t>& ids) {
  for (const std::int64_t id : ids)
    if (id < 0 || id >= model.config.vocab_size)
      throw Error(Kind::input, "token " + std::to_string(id) + " is outside the model's vocabulary of " +
                                   std::to_string(model.config.vocab_size) +
                                   "; the tokenizer does not match the model");
}

TokenBatch make_batch(const Decoder& model, const std::vector<std::vector<std::int32_t>>& sequences) {
  std::vector<std::int64_t> ids, positions;
  TokenBatch batch;
  for (const auto& sequence : sequences) {
    for (std::size_t i = 0; i < sequence.size(); ++i) {
      ids.push_back(sequence[i]);
      positions.push_back(static_cast<std::int64_t>(i));
    }
    batch.lengths.push_back(static_cast<std::int64_t>(sequence.size()));
  }
  check_ids(model, ids);
  batch.ids = at::tensor(ids, at::kLong).to(model.placement.device);
  batch.positions = at::tensor(positions, at::kLong).to(model.placement.device);
  return batch;
}

KvCache make_cache(const Decoder& model, std::int64_t num_sequences, std::int64_t max_tokens) {
  KvCache cache;
  const auto options = at::TensorOptions(model.placement.dtype).device(model.placement.device);
  for (std::size_t layer = 0; layer < model.blocks.size(); ++layer) {
    cache.keys.push_back(
        at::zeros({num_sequences, model.config.num_key_value_heads, max_tokens, model.config.head_dim}, options));
    cache.values.push_back(at::zeros_like(cache.keys.back()));
  }
  cache.lengths.assign(static_cast<std::size_t>(num_sequences), 0);
  return cache;
}

}  // namespace intelia::nn
