#include "nn/attention.hpp"

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

Tensor window_mask(std::int64_t length, std::int64_t window, const at::Device& device) {
  const Tensor all = at::ones({length, length}, at::TensorOptions(at::kBool).device(device));
  return all.tril().logical_and_(all.triu(1 - window));  // [T, T]: j <= i and i − j < window
}

}  // namespace

Tensor attend(const Tensor& q, const Tensor& k, const Tensor& v, const std::vector<std::int64_t>& lengths, std::int64_t window) {
  const bool is_grouped = q.size(1) != k.size(1);
  const auto queries = q.split_with_sizes(lengths), keys = k.split_with_sizes(lengths), values = v.split_with_sizes(lengths);
  std::vector<Tensor> parts;
  parts.reserve(lengths.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0) continue;
    const bool is_windowed = window > 0 && lengths[i] > window;
    std::optional<WithoutCudnn> masked;
    if (is_windowed) masked.emplace();
    const std::optional<Tensor> mask =
        is_windowed ? std::optional<Tensor>(window_mask(lengths[i], window, q.device())) : std::nullopt;
    const Tensor y = at::scaled_dot_product_attention(as_heads(queries[i]), as_heads(keys[i]), as_heads(values[i]), mask,
                                                      /*dropout_p=*/0, /*is_causal=*/!is_windowed, /*scale=*/std::nullopt,
                                                      /*enable_gqa=*/is_grouped);   // [1, H, T, E]
    parts.push_back(y.squeeze(0).transpose(0, 1));                                   // [T, H, E]
  }
  return (parts.size() == 1 ? parts[0] : at::cat(parts)).reshape({q.size(0), q.size(1) * q.size(2)});
}

Tensor attend_cached(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& visible) {
  const WithoutCudnn masked;
  const Tensor mask = visible.unsqueeze(1).unsqueeze(1);                                                  // [B, 1, 1, Tmax]
  const Tensor y = at::scaled_dot_product_attention(q.unsqueeze(2), keys, values, mask, 0, /*is_causal=*/false, std::nullopt,
                                                    /*enable_gqa=*/q.size(1) != keys.size(1));            // [B, H, 1, E]
  return y.reshape({q.size(0), q.size(1) * q.size(2)});
}

}  // namespace intelia::nn
