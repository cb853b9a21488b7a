#include "nn/attention.hpp"

#include <ATen/OpMathType.h>

#include <cmath>
#include <limits>

namespace intelia::nn {

namespace {

/** One sequence as the kernel wants it: [T, H, E] -> [1, H, T, E]. */
Tensor as_heads(const Tensor& x) { return x.transpose(0, 1).unsqueeze(0); }

/**
 * Keeps cuDNN away while a mask is in use: with one, its backward of torch 2.11 gives NaN at some lengths
 * (pytorch issue 196678). Without a mask it is the fastest and sound.
 */
class WithoutCudnn {
 public:
  WithoutCudnn() : was_used_(at::globalContext().userEnabledCuDNNSDP()) { at::globalContext().setSDPUseCuDNN(false); }
  ~WithoutCudnn() { at::globalContext().setSDPUseCuDNN(was_used_); }
  WithoutCudnn(const WithoutCudnn&) = delete;
  WithoutCudnn& operator=(const WithoutCudnn&) = delete;

 private:
  bool was_used_;
};

/** [T, T]: j <= i, and i − j < window where there is one. */
Tensor causal_mask(std::int64_t length, std::int64_t window, const at::Device& device) {
  const Tensor all = at::ones({length, length}, at::TensorOptions(at::kBool).device(device));
  return window > 0 ? all.tril().logical_and_(all.triu(1 - window)) : all.tril();
}

/**
 * Attention with capped scores, which no fused kernel of the library computes: as it is written, the softmax in fp32. It
 * holds [H, T, T] scores. q [B, H, T, E], k and v [B, K, U, E], mask [.., T, U] (bool).
 */
Tensor attend_plainly(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, const AttentionRule& rule) {
  const std::int64_t group = q.size(1) / k.size(1);
  const auto shared = [&](const Tensor& x) { return group == 1 ? x : x.repeat_interleave(group, 1); };   // [B, H, U, E]
  const double scale = rule.scale > 0 ? rule.scale : 1 / std::sqrt(static_cast<double>(q.size(-1)));
  const Tensor scores = softcapped(at::matmul(q, shared(k).transpose(-2, -1)) * scale, rule.softcap);    // [B, H, T, U]
  const at::ScalarType wide = at::toOpMathType(q.scalar_type());
  const Tensor hidden = scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
  return at::matmul(at::softmax(hidden, -1, wide).to(q.scalar_type()), shared(v));                       // [B, H, T, E]
}

/** The library's attention, or the plain one where scores are capped. Without `mask` it is causal. */
Tensor attend_heads(const Tensor& q, const Tensor& k, const Tensor& v, const std::optional<Tensor>& mask, const AttentionRule& rule) {
  if (rule.softcap > 0) return attend_plainly(q, k, v, mask ? *mask : causal_mask(q.size(2), 0, q.device()), rule);
  const std::optional<double> scale = rule.scale > 0 ? std::optional(rule.scale) : std::nullopt;
  if (q.is_meta()) {  // where the library would choose to hold all scores, which it does on no device
    const auto added = mask ? std::optional(mask->to(q.scalar_type())) : std::nullopt;   // as it adds masks to scores
    return std::get<0>(at::_scaled_dot_product_flash_attention_for_cpu(q, k, v, 0, /*is_causal=*/!mask, added, scale));
  }
  std::optional<WithoutCudnn> masked;
  if (mask) masked.emplace();
  return at::scaled_dot_product_attention(q, k, v, mask, /*dropout_p=*/0, /*is_causal=*/!mask, scale,
                                          /*enable_gqa=*/q.size(1) != k.size(1));
}

}  // namespace

Tensor softcapped(const Tensor& x, double cap) { return at::tanh(x / cap) * cap; }

Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths,
              const AttentionRule& rule) {
  const auto queries = q.split_with_sizes(lengths), keys = k.split_with_sizes(lengths), values = v.split_with_sizes(lengths);
  std::vector<Tensor> parts;
  parts.reserve(lengths.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0) continue;
    const bool is_windowed = rule.window > 0 && lengths[i] > rule.window;
    const auto mask = is_windowed ? std::optional(causal_mask(lengths[i], rule.window, q.device())) : std::nullopt;
    const Tensor y = attend_heads(as_heads(queries[i]), as_heads(keys[i]), as_heads(values[i]), mask, rule);   // [1, H, T, E]
    parts.push_back(y.squeeze(0).transpose(0, 1));                                                             // [T, H, E]
  }
  return (parts.size() == 1 ? parts[0] : at::cat(parts)).reshape({q.size(0), q.size(1) * q.size(2)});
}

Tensor attend_cached(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& slots, const AttentionRule& rule) {
  const Tensor places = at::arange(keys.size(2), slots.options()).unsqueeze(0), last = slots.unsqueeze(1);
  Tensor visible = places <= last;                                                                        // [B, Tmax]
  if (rule.window > 0) visible = visible.logical_and(places > last - rule.window);
  const Tensor y = attend_heads(q.unsqueeze(2), keys, values, visible.unsqueeze(1).unsqueeze(1), rule);   // [B, H, 1, E]
  return y.reshape({q.size(0), q.size(1) * q.size(2)});
}

}  // namespace intelia::nn
