#include "nn/block_pool.hpp"

#include <algorithm>

namespace intelia::nn {

BlockPool::BlockPool(const Decoder& model, KvCache& cache) : cache_(cache) {
  const auto options = at::TensorOptions(model.placement.dtype).device(model.placement.device);
  const Tensor empty = at::empty({0, model.config.num_key_value_heads, kBlockTokens, model.config.head_dim}, options);
  cache.keys.assign(model.blocks.size(), empty);
  cache.values.assign(model.blocks.size(), empty);
}

std::int32_t BlockPool::take() {
  if (free_.empty()) grow();
  const std::int32_t block = free_.back();
  free_.pop_back();
  num_users_[static_cast<std::size_t>(block)] = 1;
  return block;
}

void BlockPool::release(std::int32_t block) {
  if (--num_users_[static_cast<std::size_t>(block)] == 0) free_.push_back(block);
}

void BlockPool::grow() {
  const std::size_t before = num_users_.size(), added = std::max<std::size_t>(8, before / 2);
  const auto size = static_cast<std::int64_t>(before + added);
  // Zeros, since what is masked in attention is multiplied with 0 and must not be NaN. One layer at a time, so that no
  // more than one is in memory twice.
  const auto enlarge = [&](Tensor& cache) {
    std::vector<std::int64_t> sizes = cache.sizes().vec();
    sizes[0] = size;
    const Tensor larger = at::zeros(sizes, cache.options());
    larger.narrow(0, 0, cache.size(0)).copy_(cache);
    cache = larger;
  };
  for (std::size_t layer = 0; layer < cache_.keys.size(); ++layer) {
    enlarge(cache_.keys[layer]);
    enlarge(cache_.values[layer]);
  }
  num_users_.resize(before + added, 0);
  for (std::size_t block = before + added; block-- > before;) free_.push_back(static_cast<std::int32_t>(block));
}

}  // namespace intelia::nn
