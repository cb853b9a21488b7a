#include "nn/llama.hpp"

#include <cmath>

#include "nn/attention.hpp"

namespace intelia::nn {

void Llama::prepare_positions() {
  // In fp32 and in transformers' order of operations (modeling_rope_utils.py), so that the angles agree to the last bit.
  const Tensor exponent = at::arange(0, config.head_dim, 2, at::kLong).to(at::kFloat) / static_cast<double>(config.head_dim);
  Tensor frequencies = 1.0 / at::pow(config.rope_theta, exponent);   // [E/2]
  if (config.linear_rope_factor > 0) frequencies = frequencies / config.linear_rope_factor;
  if (config.llama3_rope) {
    const Llama3RopeScaling& rope = *config.llama3_rope;
    const auto original = static_cast<double>(rope.original_max_position_embeddings);
    const Tensor wavelength = 2 * M_PI / frequencies;
    const Tensor slowed = frequencies / rope.factor;
    const Tensor smooth = (original / wavelength - rope.low_freq_factor) / (rope.high_freq_factor - rope.low_freq_factor);
    const Tensor between = (1 - smooth) * slowed + smooth * frequencies;
    const Tensor is_long = wavelength > original / rope.low_freq_factor;
    const Tensor is_short = wavelength < original / rope.high_freq_factor;
    frequencies = at::where(is_long, slowed, at::where(is_short, frequencies, between));
  }
  inverse_frequencies_ = frequencies.to(placement.device);
}

Tensor Llama::hidden(const TokenBatch& batch, const Pass& pass, const Tensor& rows, KvCache* cache) const {
  const std::int64_t num_heads = config.num_attention_heads, num_kv = config.num_key_value_heads, size = config.head_dim;
  const std::int64_t num_tokens = batch.ids.size(0);
  const bool is_decoding = cache != nullptr && !cache->lengths.empty() && cache->lengths[0] > 0;
  const Tensor angles = at::outer(batch.positions.to(at::kFloat), inverse_frequencies_);      // [N, E/2]
  const Tensor both = at::cat({angles, angles}, -1);                                          // [N, E]
  const Tensor cos = both.cos().to(placement.dtype), sin = both.sin().to(placement.dtype);    // [N, E]

  Tensor slots, visible;   // decoding: where each new key goes, and what each query sees
  if (is_decoding) {
    slots = at::tensor(cache->lengths, at::kLong).to(placement.device);                       // [B]
    const Tensor places = at::arange(cache->keys[0].size(2), slots.options());                // [Tmax]
    visible = places.unsqueeze(0) <= slots.unsqueeze(1);                                      // [B, Tmax]
    if (config.sliding_window > 0) visible = visible.logical_and(places.unsqueeze(0) > (slots - config.sliding_window).unsqueeze(1));
  }

  Tensor x = at::embedding(embedding, batch.ids).to(placement.dtype);                         // [N, D]
  for (std::size_t layer = 0; layer < blocks.size(); ++layer) {
    const Block& block = blocks[layer];
    Tensor normal = rms_norm(x, block.attention_norm, config.rms_norm_eps);                   // [N, D]
    const Tensor q = rotate(block.q(normal, pass).view({num_tokens, num_heads, size}), cos, sin);   // [N, H, E]
    const Tensor k = rotate(block.k(normal, pass).view({num_tokens, num_kv, size}), cos, sin);      // [N, K, E]
    const Tensor v = block.v(normal, pass).view({num_tokens, num_kv, size});                        // [N, K, E]
    Tensor mixed;                                                                             // [N, H·E]
    if (is_decoding) {
      const Tensor sequence = at::arange(num_tokens, slots.options());
      cache->keys[layer].index_put_({sequence, at::indexing::Slice(), slots}, k);
      cache->values[layer].index_put_({sequence, at::indexing::Slice(), slots}, v);
      mixed = attend_cached(q, cache->keys[layer], cache->values[layer], visible);
    } else {
      if (cache != nullptr) {
        std::int64_t begin = 0;
        for (std::size_t b = 0; b < batch.lengths.size(); begin += batch.lengths[b++]) {
          const auto place = static_cast<std::int64_t>(b);
          cache->keys[layer][place].narrow(1, 0, batch.lengths[b]).copy_(k.narrow(0, begin, batch.lengths[b]).transpose(0, 1));
          cache->values[layer][place].narrow(1, 0, batch.lengths[b]).copy_(v.narrow(0, begin, batch.lengths[b]).transpose(0, 1));
        }
      }
      mixed = attend(q, k, v, batch.lengths, config.sliding_window);
    }
    if (rows.defined() && layer + 1 == blocks.size()) {   // nothing behind here mixes tokens
      mixed = mixed.index_select(0, rows);                                                    // [S, H·E]
      x = x.index_select(0, rows);                                                            // [S, D]
    }
    x = x + block.o(mixed, pass);
    normal = rms_norm(x, block.mlp_norm, config.rms_norm_eps);
    x = x + block.down(swiglu(block.gate(normal, pass), block.up(normal, pass)), pass);
  }
  if (cache != nullptr)
    for (std::size_t b = 0; b < batch.lengths.size(); ++b) cache->lengths[b] += batch.lengths[b];
  return rms_norm(x, final_norm, config.rms_norm_eps);
}

TokenBatch make_batch(const Llama& model, const std::vector<std::vector<std::int32_t>>& sequences) {
  std::vector<std::int64_t> ids, positions;
  TokenBatch batch;
  for (const auto& sequence : sequences) {
    for (std::size_t i = 0; i < sequence.size(); ++i) {
      if (sequence[i] < 0 || sequence[i] >= model.config.vocab_size)
        throw Error(Kind::input, "token " + std::to_string(sequence[i]) + " is outside the model's vocabulary of " +
                                     std::to_string(model.config.vocab_size) + "; the tokenizer does not fit the model");
      ids.push_back(sequence[i]);
      positions.push_back(static_cast<std::int64_t>(i));
    }
    batch.lengths.push_back(static_cast<std::int64_t>(sequence.size()));
  }
  batch.ids = at::tensor(ids, at::kLong).to(model.placement.device);
  batch.positions = at::tensor(positions, at::kLong).to(model.placement.device);
  return batch;
}

KvCache make_cache(const Llama& model, std::int64_t num_sequences, std::int64_t max_tokens) {
  KvCache cache;
  const auto options = at::TensorOptions(model.placement.dtype).device(model.placement.device);
  for (std::size_t layer = 0; layer < model.blocks.size(); ++layer) {
    cache.keys.push_back(at::zeros({num_sequences, model.config.num_key_value_heads, max_tokens, model.config.head_dim}, options));
    cache.values.push_back(at::zeros_like(cache.keys.back()));
  }
  cache.lengths.assign(static_cast<std::size_t>(num_sequences), 0);
  return cache;
}

}  // namespace intelia::nn
