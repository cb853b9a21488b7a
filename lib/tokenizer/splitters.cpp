// See splitters.hpp. ASCII is split block by block (split_blocks.hpp); the rest, and what a block leaves undecided,
// character by character here, with one function per family that follows the alternatives of its pattern in order.
#include "tokenizer/splitters.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "text/unicode_classes.hpp"
#include "tokenizer/split_blocks.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace intelia {

#if defined(__SSE2__)
namespace {

struct Sse2Masks {
  static BlockMasks of(const unsigned char* text) {
    BlockMasks masks{};
    for (unsigned part = 0; part < 4; ++part) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + 16 * part));
      const auto bits = [&](__m128i values) {
        return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(values))) << (16 * part);
      };
      const auto equal = [&](char c) { return bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c))); };
      const auto in_range = [&](__m128i values, char first, char count) {
        const __m128i moved = _mm_sub_epi8(values, _mm_set1_epi8(first));
        return bits(_mm_cmpeq_epi8(_mm_min_epu8(moved, _mm_set1_epi8(static_cast<char>(count - 1))), moved));
      };
      masks.letters |= in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 26);
      masks.capitals |= in_range(bytes, 'A', 26);
      masks.digits |= in_range(bytes, '0', 10);
      masks.spaces |= equal(' ');
      masks.blanks |= in_range(bytes, '\t', 5) | equal(' ');
      masks.newlines |= equal('\n') | equal('\r');
      masks.apostrophes |= equal('\'');
      masks.slashes |= equal('/');
      masks.others |= bits(bytes);
    }
    return masks;
  }
};

}  // namespace

std::size_t cut_blocks_sse2(const unsigned char* text, std::size_t size, std::size_t begin, SplitStyle style,
                            std::size_t* ends, std::size_t room, std::size_t& count) {
  return cut_blocks_of<Sse2Masks>(text, size, begin, style, ends, room, count);
}
#endif

namespace {

constexpr ClassSet kLetter =
    set_of(CharacterClass::upper) | set_of(CharacterClass::lower) | set_of(CharacterClass::uncased);
constexpr ClassSet kNumber = set_of(CharacterClass::number);
constexpr ClassSet kNewline = set_of(CharacterClass::newline);
constexpr ClassSet kBlank = set_of(CharacterClass::space) | kNewline;
constexpr ClassSet kMark = set_of(CharacterClass::mark);
constexpr ClassSet kPunctuation = set_of(CharacterClass::other) | kMark;
// In o200k's words: classes that may precede the lower-case letters, and those that may be among them.
constexpr ClassSet kFore = set_of(CharacterClass::upper) | set_of(CharacterClass::uncased) | kMark;
constexpr ClassSet kAft = set_of(CharacterClass::lower) | set_of(CharacterClass::uncased) | kMark;

// Minimum bytes of a run before repetitions of one character are searched for.
constexpr std::size_t kLongRun = 128;

struct Character {
  ClassSet set = 0;  // none at the end of the text
  unsigned length = 0;
};

/** Classifies the characters of one text. */
class Reader {
 public:
  explicit Reader(std::string_view text)
      : bytes_(reinterpret_cast<const unsigned char*>(text.data())),
        size_(text.size()),
        classes_(UnicodeClasses::table()) {}
  std::size_t size() const { return size_; }
  unsigned byte(std::size_t i) const { return i < size_ ? bytes_[i] : 0; }

  Character at(std::size_t i) const {
    if (i >= size_) return {};
    const char32_t first = bytes_[i];
    if (first < 0x80) return {set_of(classes_.at(first)), 1};
    const auto rest = [&](std::size_t k) { return static_cast<char32_t>(bytes_[i + k] & 0x3F); };
    if (first < 0xE0) return {set_of(classes_.at((first & 0x1F) << 6 | rest(1))), 2};
    if (first < 0xF0) return {set_of(classes_.at((first & 0x0F) << 12 | rest(1) << 6 | rest(2))), 3};
    return {set_of(classes_.at((first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3))), 4};
  }
  /** The end of the run of characters of `set` that begins at `begin`. */
  std::size_t run_end(std::size_t begin, ClassSet set) const {
    std::size_t i = begin;
    for (;;) {
      const Character c = at(i);
      if ((c.set & set) == 0) return i;
      i = i - begin < kLongRun ? i + c.length : repeated_end(i, c.length);
    }
  }

  /** An end of the character of `length` bytes at `i` or of its repetitions, comparing many bytes at once: a run of one
      character costs less than prose. */
  std::size_t repeated_end(std::size_t i, std::size_t length) const {
    constexpr std::size_t kStep = 60;  // whole characters of 1 to 4 bytes
    while (i + kStep + length <= size_ && std::memcmp(bytes_ + i, bytes_ + i + length, kStep) == 0) i += kStep;
    return i + length;
  }

  /** Bytes of a contraction with its apostrophe at `i`, or 0. Case folds as in Unicode: U+017F is an s. */
  std::size_t contraction(std::size_t i, bool folds_case) const {
    if (byte(i) != '\'') return 0;
    const unsigned char near[3] = {'\'', static_cast<unsigned char>(byte(i + 1)),
                                   static_cast<unsigned char>(byte(i + 2))};
    if (folds_case && near[1] == 0xC5 && near[2] == 0xBF) return 3;
    const unsigned letters = folds_case ? contraction_letters<true>(near) : contraction_letters<false>(near);
    return letters == 0 ? 0 : letters + 1;
  }

 private:
  const unsigned char* bytes_;
  std::size_t size_;
  const UnicodeClasses& classes_;
};

/** `\s*[\r\n]+|\s+(?!\S)|\s+`, for GPT-2 without its first alternative, where there is whitespace at `begin`. */
std::size_t blanks_end(const Reader& text, std::size_t begin, SplitStyle style) {
  std::size_t after_newline = 0, last = begin, end = begin;
  for (Character c = text.at(begin); (c.set & kBlank) != 0; c = text.at(end)) {
    end = end - begin < kLongRun ? end + c.length : text.repeated_end(end, c.length);
    last = end - c.length;
    if ((c.set & kNewline) != 0) after_newline = end;
  }
  if (end == text.size() && style.joins_final_blanks) return end;
  if (style.family != SplitStyle::Family::gpt2 && after_newline != 0) return after_newline;
  return end == text.size() || last == begin ? end : last;
}

std::size_t gpt2_end(const Reader& text, std::size_t begin, SplitStyle style) {
  if (style.has_contractions) {
    if (const std::size_t length = text.contraction(begin, false)) return begin + length;
  }
  const std::size_t start = begin + (text.byte(begin) == ' ' ? 1 : 0);
  for (const ClassSet set : {kLetter, kNumber, kPunctuation}) {
    if ((text.at(start).set & set) != 0) return text.run_end(start, set);
  }
  return blanks_end(text, begin, style);
}

/** Punctuation with a space before and newlines after it, or whitespace: the last alternatives of the later patterns.
 */
std::size_t punctuation_or_blanks_end(const Reader& text, std::size_t begin, SplitStyle style) {
  const std::size_t start = begin + (text.byte(begin) == ' ' ? 1 : 0);
  std::size_t end = text.run_end(start, kPunctuation);
  if (end == start) return blanks_end(text, begin, style);
  const bool takes_slashes = style.family == SplitStyle::Family::o200k;
  while (text.byte(end) == '\r' || text.byte(end) == '\n' || (takes_slashes && text.byte(end) == '/')) ++end;
  return end;
}

std::size_t digits_end(const Reader& text, std::size_t begin, unsigned max_digits) {
  for (unsigned i = 0; i < max_digits; ++i) {
    const Character c = text.at(begin);
    if ((c.set & kNumber) == 0) break;
    begin += c.length;
  }
  return begin;
}

std::size_t cl100k_end(const Reader& text, std::size_t begin, SplitStyle style) {
  if (style.has_contractions) {
    if (const std::size_t length = text.contraction(begin, true)) return begin + length;
  }
  const Character first = text.at(begin);
  if ((first.set & kNumber) != 0) return digits_end(text, begin, style.max_digits);
  if ((first.set & kNewline) == 0) {
    const std::size_t end = text.run_end(begin + first.length, kLetter);
    if (end > begin + first.length || (first.set & kLetter) != 0) return end;
  }
  return punctuation_or_blanks_end(text, begin, style);
}

/** `[Lu Lt Lm Lo M]*[Ll Lm Lo M]+` at `begin`, with the backtracking it needs; `begin` where it does not match. */
std::size_t small_word_end(const Reader& text, std::size_t begin) {
  std::size_t end = begin, end_of_last_aft = begin;
  for (Character c = text.at(end); (c.set & kFore) != 0; c = text.at(end)) {
    end = end - begin < kLongRun ? end + c.length : text.repeated_end(end, c.length);
    if ((c.set & kAft) != 0) end_of_last_aft = end;
  }
  const std::size_t whole = text.run_end(end, kAft);
  return whole > end ? whole : end_of_last_aft;
}

std::size_t o200k_end(const Reader& text, std::size_t begin, SplitStyle style) {
  const Character first = text.at(begin);
  if ((first.set & kNumber) != 0) return digits_end(text, begin, style.max_digits);
  const bool is_mark = (first.set & kMark) != 0;
  const bool is_prefix = (first.set & (kLetter | kNewline)) == 0;
  const std::size_t start = is_prefix ? begin + first.length : begin;
  std::size_t end = small_word_end(text, start);
  // A mark that is not a prefix of a lower-case word is tried as a word itself before upper case.
  if (end == start && !is_mark) end = text.run_end(start, kFore);
  if (end == start && !is_mark) return punctuation_or_blanks_end(text, begin, style);
  return style.has_contractions ? end + text.contraction(end, true) : end;
}

/** Bytes of the space or mark at `i`, or 0. */
std::size_t blank_or_mark(const Reader& text, std::size_t i) {
  if (text.byte(i) == ' ') return 1;
  return text.byte(i) == 0xE2 && text.byte(i + 1) == 0x96 && text.byte(i + 2) == 0x81 ? 3 : 0;
}

std::size_t blanks_and_word_end(const Reader& text, std::size_t begin) {
  std::size_t end = begin;
  while (const std::size_t length = blank_or_mark(text, end)) end += length;
  while (end < text.size() && blank_or_mark(text, end) == 0) ++end;
  return end;
}

std::size_t mark_and_word_end(const Reader& text, std::size_t begin) {
  std::size_t end = begin + std::max<std::size_t>(blank_or_mark(text, begin), 1);
  while (end < text.size() && blank_or_mark(text, end) == 0) ++end;
  return end;
}

std::size_t piece_end(const Reader& text, std::size_t begin, SplitStyle style) {
  switch (style.family) {
    case SplitStyle::Family::gpt2:
      return gpt2_end(text, begin, style);
    case SplitStyle::Family::cl100k:
      return cl100k_end(text, begin, style);
    case SplitStyle::Family::o200k:
      return o200k_end(text, begin, style);
    case SplitStyle::Family::blanks:
      return blanks_and_word_end(text, begin);
    case SplitStyle::Family::marks:
      return mark_and_word_end(text, begin);
  }
  return text.size();
}

CutBlocks* cut_blocks_for(BlockIsa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case BlockIsa::avx512:
      return &cut_blocks_avx512;
    case BlockIsa::avx2:
      return &cut_blocks_avx2;
    case BlockIsa::sse2:
      return &cut_blocks_sse2;
#endif
    default:
      return nullptr;
  }
}

struct KnownPattern {
  std::string_view text;
  SplitStyle style;
};

using Family = SplitStyle::Family;
// Sources: encoder.py of openai/gpt-2, openai_public.py of tiktoken, the tokenizer.json of each model's folder. The
// possessive forms of tiktoken match what the plain ones do.
constexpr KnownPattern kKnownPatterns[] = {
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", {Family::gpt2, 0, true}},
    {R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", {Family::gpt2, 0, true}},
    {R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)", {Family::gpt2, 0, true}},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     {Family::cl100k, 3, true}},
    {R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)",
     {Family::cl100k, 3, true}},
    {R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
     {Family::cl100k, 3, true, true}},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     {Family::cl100k, 1, true}},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     {Family::o200k, 3, true}},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     {Family::o200k, 1, false}},
};

}  // namespace

std::optional<SplitStyle> known_style(std::string_view pattern) {
  for (const KnownPattern& known : kKnownPatterns) {
    if (known.text == pattern) return known.style;
  }
  return std::nullopt;
}

BlockIsa best_block_isa() {
#if defined(__x86_64__)
  const bool has_bit_instructions =
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
  if (has_bit_instructions && __builtin_cpu_supports("avx512bw")) return BlockIsa::avx512;
  if (has_bit_instructions && __builtin_cpu_supports("avx2")) return BlockIsa::avx2;
  return BlockIsa::sse2;
#else
  return BlockIsa::none;
#endif
}

TextSplitter::TextSplitter(SplitStyle style, BlockIsa isa) : style_(style), isa_(isa) {}

std::size_t TextSplitter::next_ends(std::string_view text, std::size_t begin, std::span<std::size_t> ends) const {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const Reader reader(text);
  const bool has_blocks = style_.family != Family::blanks && style_.family != Family::marks;
  CutBlocks* const cut_blocks = has_blocks ? cut_blocks_for(isa_) : nullptr;
  std::size_t count = 0;
  while (begin < text.size() && ends.size() - count >= kBlockBytes) {
    if (cut_blocks != nullptr && bytes[begin] < 0x80) {
      begin = cut_blocks(bytes, text.size(), begin, style_, ends.data(), ends.size(), count);
      if (ends.size() - count < kBlockBytes) break;
    }
    begin = piece_end(reader, begin, style_);
    ends[count++] = begin;
  }
  return count;
}

}  // namespace intelia
