// The masks of split_blocks.hpp with AVX-512BW. Compiled for processors that have it; called only on those.
#include "tokenizer/split_blocks.hpp"

#if defined(__AVX512BW__)
#include <immintrin.h>

namespace intelia {

namespace {

struct Avx512Masks {
  static BlockMasks of(const unsigned char* text) {
    const __m512i bytes = _mm512_loadu_si512(text);
    const auto equal = [&](char c) -> std::uint64_t { return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c)); };
    const auto in_range = [](__m512i values, char first, char count) -> std::uint64_t {
      return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(values, _mm512_set1_epi8(first)), _mm512_set1_epi8(count));
    };
    BlockMasks masks;
    masks.letters = in_range(_mm512_or_si512(bytes, _mm512_set1_epi8(0x20)), 'a', 26);
    masks.capitals = in_range(bytes, 'A', 26);
    masks.digits = in_range(bytes, '0', 10);
    masks.spaces = equal(' ');
    masks.blanks = in_range(bytes, '\t', 5) | masks.spaces;
    masks.newlines = equal('\n') | equal('\r');
    masks.apostrophes = equal('\'');
    masks.slashes = equal('/');
    masks.others = _mm512_movepi8_mask(bytes);
    return masks;
  }
};

}  // namespace

std::size_t cut_blocks_avx512(const unsigned char* text, std::size_t size, std::size_t begin, SplitStyle style,
                              std::size_t* ends, std::size_t room, std::size_t& count) {
  return cut_blocks_of<Avx512Masks>(text, size, begin, style, ends, room, count);
}

}  // namespace intelia
#endif
