// Splits 64 bytes of ASCII at a time: each class of characters is a mask of 64 bits, and a few shifts of the masks find
// the beginnings of pieces. Included by one file per instruction set, which supplies the masks; everything is in an
// unnamed namespace so that no code of one instruction set is linked into another. Private to splitters*.cpp.
//
// A block begins where a piece begins, so there is no state between blocks. Its last pieces are left to the next block
// where the following text could change them: from the last run of whitespace, and from the first non-ASCII byte on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tokenizer/splitters.hpp"

namespace intelia {
namespace {

constexpr std::size_t kBlockBytes = 64;

struct BlockMasks {
  std::uint64_t letters, capitals, digits, blanks, newlines, spaces, apostrophes, slashes, others;  // others: not ASCII
};

inline std::uint64_t bits_below(unsigned position) { return position >= 64 ? ~0ULL : (1ULL << position) - 1; }
inline unsigned lowest_bit(std::uint64_t mask) { return static_cast<unsigned>(__builtin_ctzll(mask)); }
inline unsigned highest_bit(std::uint64_t mask) { return 63U - static_cast<unsigned>(__builtin_clzll(mask)); }

/** Bytes of a contraction after its apostrophe at `text`, or 0. */
template <bool kFoldsCase>
inline unsigned contraction_letters(const unsigned char* text) {
  const unsigned fold = kFoldsCase ? 0x20 : 0;
  const unsigned first = text[1] | fold;
  const unsigned second = text[2] | fold;
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 1;
  return (first == 'l' && second == 'l') || (second == 'e' && (first == 'r' || first == 'v')) ? 2 : 0;
}

/** Where runs of whitespace are split: at their beginning, before the last character and, where they have newlines,
   after the last one. */
template <bool kNewlinesEnd>
inline std::uint64_t blank_begins(std::uint64_t blanks, std::uint64_t newlines) {
  std::uint64_t begins = blanks & ~(blanks << 1);
  const std::uint64_t lasts = blanks & ~(blanks >> 1);
  if (!kNewlinesEnd) return begins | lasts;
  const std::uint64_t gaps = blanks & ~newlines;  // whitespace between or after newlines
  begins |= (lasts & ~newlines) | (gaps & (newlines << 1));
  for (std::uint64_t inner = gaps & (newlines >> 1); inner != 0; inner &= inner - 1) {
    // This gap has a newline after it: it does not begin a piece, unless the whole run does.
    const unsigned end = lowest_bit(inner);
    const std::uint64_t before = ~gaps & bits_below(end);
    if (before == 0) continue;
    const unsigned last_before = highest_bit(before);
    if ((newlines >> last_before & 1) != 0) begins &= ~(1ULL << (last_before + 1));
  }
  return begins;
}

/**
 * The beginnings of pieces in the block at `text`, where one begins; bits that the text after the block could change
 * are not set, so that the last set bit is where the next block begins.
 */
template <SplitStyle::Family kFamily>
inline std::uint64_t piece_begins(const unsigned char* text, const BlockMasks& block, SplitStyle style) {
  constexpr bool kIsGpt2 = kFamily == SplitStyle::Family::gpt2;
  constexpr bool kIsO200k = kFamily == SplitStyle::Family::o200k;
  std::uint64_t valid = block.others == 0 ? ~0ULL : (block.others & (0 - block.others)) - 1;
  const std::uint64_t letters = block.letters & valid;
  const std::uint64_t digits = block.digits & valid;
  const std::uint64_t all_blanks = block.blanks & valid;
  const std::uint64_t marks = valid & ~(letters | digits | all_blanks);  // punctuation, symbols, controls

  std::uint64_t blanks = all_blanks;
  std::uint64_t newlines = block.newlines & valid;
  if constexpr (!kIsGpt2) {
    // Newlines right after punctuation belong to it: the carry of an addition extends each such run.
    const std::uint64_t first = newlines & (marks << 1);
    const std::uint64_t glued = newlines & ~(newlines + first);
    blanks &= ~glued;
    newlines &= ~glued;
    if constexpr (kIsO200k) {
      const std::uint64_t slash_after = (glued << 1) & block.slashes & valid;
      if (slash_after != 0) valid &= bits_below(lowest_bit(slash_after));
    }
  }

  const std::uint64_t free_marks = marks & ~(marks << 1) & ~(block.spaces << 1);  // runs without a space before them
  std::uint64_t begins = free_marks | blank_begins<!kIsGpt2>(blanks, newlines);
  std::uint64_t letter_begins = letters & ~(letters << 1);
  std::uint64_t apostrophes = block.apostrophes & free_marks & (letters >> 1 | ~(valid >> 1));
  if constexpr (kIsGpt2) {
    letter_begins &= ~(block.spaces << 1);
    begins |= digits & ~(digits << 1) & ~(block.spaces << 1);
  } else {
    const std::uint64_t prefixes = (all_blanks & ~block.newlines) | (free_marks & (letters >> 1));
    letter_begins &= ~(prefixes << 1);
    if constexpr (kIsO200k) letter_begins |= letters & block.capitals & ((letters & ~block.capitals) << 1);
    std::uint64_t digit_begins = digits & ~(digits << 1);
    if (style.max_digits == 1) {
      begins |= digits;
    } else {
      begins |= digit_begins;
      const std::uint64_t thirds = digits & (digits << 1) & (digits << 2) & (digits << 3);
      while ((digit_begins = (digit_begins << 3) & thirds) != 0) begins |= digit_begins;
    }
  }
  begins |= letter_begins;

  unsigned contraction_end = 0;
  if (!style.has_contractions) apostrophes = 0;
  for (; apostrophes != 0; apostrophes &= apostrophes - 1) {
    const unsigned at = lowest_bit(apostrophes);
    if (at + 3 > 64 || (valid >> (at + 2) & 1) == 0) {
      valid &= bits_below(kIsO200k ? at : at + 1);
      break;
    }
    if constexpr (kIsO200k) {
      // A contraction belongs to the letters before it; one at the end of another is a separate word.
      if (at == 0 || at == contraction_end || (letters >> (at - 1) & 1) == 0) continue;
    }
    const unsigned num_letters = contraction_letters<!kIsGpt2>(text + at);
    if (num_letters == 0) continue;
    contraction_end = at + 1 + num_letters;
    begins &= ~((bits_below(num_letters + 1)) << at);
    if constexpr (!kIsO200k) begins |= 1ULL << at;
    if (contraction_end < 64) begins |= 1ULL << contraction_end;
  }

  const std::uint64_t solid = valid & ~all_blanks;
  return solid == 0 ? 0 : begins & bits_below(highest_bit(solid) + 1);
}

/** Splits blocks from `begin` on while possible; returns where it stopped, the last end written. Writes at most `room`
   ends. */
template <SplitStyle::Family kFamily, class Masks>
inline std::size_t cut_blocks(const unsigned char* text, std::size_t size, std::size_t begin, SplitStyle style,
                              std::size_t* ends, std::size_t room, std::size_t& count) {
  while (size - begin >= kBlockBytes && room - count >= kBlockBytes) {
    const BlockMasks block = Masks::of(text + begin);
    std::uint64_t begins = piece_begins<kFamily>(text + begin, block, style) & ~1ULL;
    if (begins == 0) break;
    const unsigned last = highest_bit(begins);
    const auto num_ends = static_cast<std::size_t>(__builtin_popcountll(begins));
    std::size_t* out = ends + count;
    for (std::size_t i = 0; i < num_ends; i += 4) {  // four at a time: fewer mispredicted branches
      for (std::size_t k = 0; k < 4; ++k) {
        out[i + k] = begin + (begins == 0 ? 0 : lowest_bit(begins));
        begins &= begins - 1;
      }
    }
    count += num_ends;
    begin += last;
    if (block.others != 0) break;
  }
  return begin;
}

template <class Masks>
inline std::size_t cut_blocks_of(const unsigned char* text, std::size_t size, std::size_t begin, SplitStyle style,
                                 std::size_t* ends, std::size_t room, std::size_t& count) {
  switch (style.family) {
    case SplitStyle::Family::gpt2:
      return cut_blocks<SplitStyle::Family::gpt2, Masks>(text, size, begin, style, ends, room, count);
    case SplitStyle::Family::cl100k:
      return cut_blocks<SplitStyle::Family::cl100k, Masks>(text, size, begin, style, ends, room, count);
    case SplitStyle::Family::o200k:
      return cut_blocks<SplitStyle::Family::o200k, Masks>(text, size, begin, style, ends, room, count);
    case SplitStyle::Family::blanks:
    case SplitStyle::Family::marks:
      break;
  }
  return begin;
}

}  // namespace

using CutBlocks = std::size_t(const unsigned char* text, std::size_t size, std::size_t begin, SplitStyle style,
                              std::size_t* ends, std::size_t room, std::size_t& count);
CutBlocks cut_blocks_sse2, cut_blocks_avx2, cut_blocks_avx512;

}  // namespace intelia
