// Blocks of the cache of keys and values: which are in use, and by how many sequences.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/decoder.hpp"

namespace intelia::nn {

/** Blocks of kBlockTokens tokens each in all layers of a cache. It grows by half when no block is free. */
class BlockPool {
 public:
  BlockPool(const Decoder& model, KvCache& cache);

  /** A block that no other sequence uses. */
  std::int32_t take();
  /** One more sequence uses `block`. */
  void share(std::int32_t block) { ++num_users_[static_cast<std::size_t>(block)]; }
  /** A sequence no longer uses `block`. */
  void release(std::int32_t block);

  std::size_t num_blocks() const { return num_users_.size(); }

 private:
  void grow();

  KvCache& cache_;
  std::vector<std::int32_t> num_users_, free_;
};

}  // namespace intelia::nn
