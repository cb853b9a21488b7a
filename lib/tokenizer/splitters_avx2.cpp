// The masks of split_blocks.hpp with AVX2. Compiled for processors that have it; called only on those.
#include "tokenizer/split_blocks.hpp"

#if defined(__AVX2__)
#include <immintrin.h>

namespace intelia {

namespace {

struct Avx2Masks {
  static BlockMasks of(const unsigned char* text) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32));
    const auto bits = [](__m256i first, __m256i second) {
      return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(first))) |
             static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(second))) << 32;
    };
    const auto equal = [&](char c) {
      return bits(_mm256_cmpeq_epi8(low, _mm256_set1_epi8(c)), _mm256_cmpeq_epi8(high, _mm256_set1_epi8(c)));
    };
    const auto is_in = [](__m256i values, char first, char count) {
      const __m256i moved = _mm256_sub_epi8(values, _mm256_set1_epi8(first));
      return _mm256_cmpeq_epi8(_mm256_min_epu8(moved, _mm256_set1_epi8(static_cast<char>(count - 1))), moved);
    };
    const auto in_range = [&](__m256i first_half, __m256i second_half, char first, char count) {
      return bits(is_in(first_half, first, count), is_in(second_half, first, count));
    };
    const __m256i fold = _mm256_set1_epi8(0x20);
    BlockMasks masks;
    masks.letters = in_range(_mm256_or_si256(low, fold), _mm256_or_si256(high, fold), 'a', 26);
    masks.capitals = in_range(low, high, 'A', 26);
    masks.digits = in_range(low, high, '0', 10);
    masks.spaces = equal(' ');
    masks.blanks = in_range(low, high, '\t', 5) | masks.spaces;
    masks.newlines = equal('\n') | equal('\r');
    masks.apostrophes = equal('\'');
    masks.slashes = equal('/');
    masks.others = bits(low, high);
    return masks;
  }
};

}  // namespace

std::size_t cut_blocks_avx2(const unsigned char* text, std::size_t size, std::size_t begin, SplitStyle style,
                            std::size_t* ends, std::size_t room, std::size_t& count) {
  return cut_blocks_of<Avx2Masks>(text, size, begin, style, ends, room, count);
}

}  // namespace intelia
#endif
