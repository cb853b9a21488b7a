#include "nn/decoder.hpp"

#include "nn/operations/attention.hpp"
#include "nn/operations/gated_activation.hpp"
#include "nn/operations/neftune.hpp"
#include "nn/operations/rms_norm.hpp"
#include "nn/operations/rotary.hpp"
#include "nn/operations/row_product.hpp"
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
                          const Pass& pass, KvCache* cache) const {
  const Block& block = blocks[layer];
  const std::int64_t num_tokens = normal.size(0), heads = config.num_attention_heads,
                     kv_heads = config.num_key_value_heads;
  const std::int64_t size = config.head_dim;
  std::vector<Tensor> parts;  // [N, H·E], [N, K·E] twice
  if (block.has_joint_projections)
    parts = block.qkv(normal, pass).split_with_sizes({heads * size, kv_heads * size, kv_heads * size}, -1);
  else
    parts = apply_linears({&block.q, &block.k, &block.v}, normal, pass);
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
  if (cache != nullptr) return attend_in_blocks(q, k, v, cache->keys[layer], cache->values[layer], cache->layout, rule);
  if (batch.key_rows.defined())
    return attend(q, k.index_select(0, batch.key_rows), v.index_select(0, batch.key_rows),
                  {batch.lengths, batch.key_lengths}, rule);
  return attend(q, k, v, batch.lengths, rule);
}

Tensor Decoder::mlp(const Block& block, const Tensor& normal, const Pass& pass) const {
  std::vector<Tensor> parts;  // [N, F] twice
  if (block.has_joint_projections)
    parts = block.gate_up(normal, pass).chunk(2, -1);
  else
    parts = apply_linears({&block.gate, &block.up}, normal, pass);
  const Tensor active = pass.has_independent_rows && config.activation == Activation::gelu_tanh
                            ? geglu(parts[0], parts[1])
                            : gated_activation(parts[0], parts[1], config.activation);
  return block.down(active, pass);
}

Rotation Decoder::rotation(const TokenBatch& batch, const Pass& pass, const Tensor& spans, KvCache* cache) const {
  if (!pass.has_independent_rows) return positions_.at(batch.positions, spans, placement.dtype);
  const std::int64_t* const positions = batch.positions.const_data_ptr<std::int64_t>();
  return cache->rotary.at(positions_, {positions, positions + batch.positions.numel()}, cache->spans);
}

Tensor Decoder::hidden(const TokenBatch& batch, const Pass& pass, const Tensor& rows, KvCache* cache) const {
  const auto on_device = [&](const std::vector<std::int64_t>& list) {
    return at::tensor(list, at::kLong).to(placement.device);
  };
  Tensor spans;  // [N]: length of each token's sequence
  if (cache != nullptr) {
    spans = on_device(cache->spans);
  } else {
    const Tensor lengths = on_device(batch.lengths);
    spans = at::repeat_interleave(batch.key_lengths.empty() ? lengths : on_device(batch.key_lengths), lengths, 0,
                                  batch.ids.size(0));
  }
  const Rotation rotated = rotation(batch, pass, spans, cache);

  const at::ScalarType type = pass.has_independent_rows ? at::kFloat : placement.dtype;
  Tensor x = at::embedding(embedding.of(pass), batch.ids).to(type);  // [N, D]
  if (config.embedding_scale != 1) x = x * at::scalar_tensor(config.embedding_scale, x.options());
  if (pass.is_training && pass.neftune_alpha > 0)
    x = x + neftune_noise(spans, x.size(1), pass.neftune_alpha, pass.seed).to(x.scalar_type());
  for (std::size_t layer = 0; layer < blocks.size(); ++layer) {
    const Block& block = blocks[layer];
    check_stop(x);
    Tensor mixed = attention(layer, norm(x, block.attention_norm, pass), batch, rotated, pass, cache);  // [N, H·E]
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
  if (!pass.has_independent_rows) {
    const Tensor logits = at::linear(hidden, head.of(pass).to(hidden.scalar_type()));  // [N, V]
    return config.logit_softcap > 0 ? softcapped(logits, config.logit_softcap) : logits;
  }
  const Tensor& weight = head.of(pass);
  const bool is_held = weight.scalar_type() == at::kFloat || weight.scalar_type() == at::kBFloat16;
  Tensor logits = row_product(hidden, is_held ? weight : weight.to(at::kFloat));
  if (config.logit_softcap > 0)  // row by row: libtorch's tanh of a number depends on its place in the tensor
    for (std::int64_t row = 0; row < logits.size(0); ++row)
      logits[row].copy_(softcapped(logits[row], config.logit_softcap));
  return logits;
}

bool can_have_independent_rows(const Decoder& model) {
  return model.placement.device.is_cpu() && model.placement.dtype != at::kHalf;
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

}  // namespace intelia::nn
