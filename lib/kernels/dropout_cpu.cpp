#include "kernels/dropout.hpp"

namespace intelia::kernels {

namespace {

/** A hash of (seed, i): murmur3's finalizer (Appleby), the seed mixed in before and after the first round. */
INTELIA_INLINE inline std::uint32_t hash(std::uint32_t i, std::uint64_t seed) {
  std::uint32_t h = i * 0x9e3779b1u + static_cast<std::uint32_t>(seed);
  h ^= h >> 16;
  h = (h ^ static_cast<std::uint32_t>(seed >> 32)) * 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ h >> 16;
}

template <bool adds, class T>
INTELIA_INLINE inline void drop_range(const Mask& mask, std::int64_t begin, std::int64_t end, const T* __restrict x,
                                      T* __restrict out) {
  const auto threshold = static_cast<std::uint32_t>(mask.p * 65536 + 0.5);
  const std::uint64_t seed = mask.seed;
  const auto scale = static_cast<Wide<T>>(65536.0 / (65536 - threshold));
  const auto store = [=](std::int64_t i, std::uint32_t half) INTELIA_INLINE {
    const Wide<T> value = widen(x[i]) * scale, kept = half >= threshold ? value : 0;
    out[i] = narrow<T>(adds ? widen(out[i]) + kept : kept);
  };
  // Each half of a hash decides for one element: sixteen hashes per run of 32 elements.
  for (; begin + kMaskRun <= end; begin += kMaskRun) {
    const auto first = static_cast<std::uint32_t>(begin / 2);
    for (std::uint32_t l = 0; l < kMaskRun / 2; ++l) {
      const std::uint32_t h = hash(first + l, seed);
      store(begin + l, h & 0xffff);
      store(begin + kMaskRun / 2 + l, h >> 16);
    }
  }
  for (std::int64_t i = begin; i < end; ++i) {
    const std::int64_t l = i - begin;
    const std::uint32_t h = hash(static_cast<std::uint32_t>(begin / 2 + l % (kMaskRun / 2)), seed);
    store(i, l < kMaskRun / 2 ? h & 0xffff : h >> 16);
  }
}

}  // namespace

#define INTELIA_ENTRIES(T, W)                                                                                       \
  INTELIA_VECTORIZED void drop(const Mask& mask, std::int64_t begin, std::int64_t end, const T* x, T* out) {        \
    drop_range<false>(mask, begin, end, x, out);                                                                    \
  }                                                                                                                 \
  INTELIA_VECTORIZED void add_dropped(const Mask& mask, std::int64_t begin, std::int64_t end, const T* x, T* out) { \
    drop_range<true>(mask, begin, end, x, out);                                                                     \
  }

INTELIA_FOR_EACH_NUMBER(INTELIA_ENTRIES)

}  // namespace intelia::kernels
