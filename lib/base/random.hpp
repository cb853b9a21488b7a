// A reproducible pseudorandom generator (SplitMix64, Steele et al. 2014): the same numbers on every machine.
#pragma once

#include <cmath>
#include <cstdint>

namespace intelia {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  /** Uniform in [0, 1), 53 bits. */
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  /** Uniform in [0, bound), without bias (Lemire 2019); `bound` > 0. */
  std::uint64_t below(std::uint64_t bound) {
    unsigned __int128 product = static_cast<unsigned __int128>(next()) * bound;
    auto low = static_cast<std::uint64_t>(product);
    if (low < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (low < threshold) {
        product = static_cast<unsigned __int128>(next()) * bound;
        low = static_cast<std::uint64_t>(product);
      }
    }
    return static_cast<std::uint64_t>(product >> 64);
  }

  /** Standard normal (Box–Muller, cosine branch only). */
  double normal() {
    const double u = 1.0 - uniform();
    const double v = uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586476925286766559 * v);
  }

 private:
  std::uint64_t state_;
};

}  // namespace intelia
