// Attention of one token over cached keys and values, which lie in blocks. Its result depends on the token and on what
// is cached before it only. Raw pointers, no threads.
#pragma once

#include "kernels/number.hpp"

namespace intelia::kernels {

/** The cache of one layer and one key/value head: block b of a sequence is `blocks[b]`·stride numbers after the
   beginning, with `block_tokens` rows of `size` numbers. */
template <class T>
struct CachedHead {
  const T *keys, *values;
  const std::int32_t* blocks;
  std::int64_t stride, block_tokens, size;
};

/** The query heads that share a key/value head, at one position. */
struct CachedQuery {
  std::int64_t num_heads, position, window;  // window 0: all tokens before
  float scale, softcap;                      // softcap 0: none
};

/** The scores that `attend_cached` needs room for. */
inline std::int64_t num_cached_scores(const CachedQuery& query, std::int64_t block_tokens) {
  return query.num_heads * (query.position / block_tokens + 1) * block_tokens;
}

/** q [num_heads, size] -> y [num_heads, size]; `scores`: num_cached_scores(). */
void attend_cached(const CachedQuery& query, const CachedHead<float>& head, const float* q, float* scores, float* y);
void attend_cached(const CachedQuery& query, const CachedHead<Bf16>& head, const float* q, float* scores, float* y);

}  // namespace intelia::kernels
