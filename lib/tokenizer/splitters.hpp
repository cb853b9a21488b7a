// Hand-written matchers of the published split patterns. Knows the texts of the patterns and where their matches end;
// knows nothing of tokens. Every pattern here matches everywhere, so its matches are consecutive pieces of the text.
// Private to lib/tokenizer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace intelia {

/** The properties in which the published patterns differ. */
struct SplitStyle {
  enum class Family : std::uint8_t {
    gpt2,    // a space before a word belongs to it
    cl100k,  // any one character except a newline, letter or digit before a word belongs to it
    o200k,   // the same, and a word is also split before an upper-case letter after a lower-case one
    blanks,  // no pattern: all spaces and marks (▁) before a word belong to it
    marks,   // no pattern: one space or mark before a word belongs to it, as Metaspace splits
  } family = Family::cl100k;
  std::uint8_t max_digits = 3;      // per piece; GPT-2 has no limit
  bool has_contractions = true;     // 's, 't, 're, 've, 'm, 'll, 'd
  bool joins_final_blanks = false;  // tiktoken's `\s++$`: whitespace at the end of the text is one piece
  bool operator==(const SplitStyle&) const = default;
};

/** The style of a published pattern (GPT-2, cl100k, Llama 3, Qwen 2, o200k, Llama 4, Tekken), by its text. */
std::optional<SplitStyle> known_style(std::string_view pattern);

/** The instruction sets for splitting blocks of text. */
enum class BlockIsa : std::uint8_t { none, sse2, avx2, avx512 };
/** The best one of this processor. */
BlockIsa best_block_isa();

class TextSplitter {
 public:
  explicit TextSplitter(SplitStyle style, BlockIsa isa = best_block_isa());

  /** `ends` must have at least this many elements. */
  static constexpr std::size_t kMinEnds = 128;

  /** Writes the ends of the pieces from `begin` on (where a piece begins) and returns their number: 0 at the end of the
      text only. `text` is valid UTF-8. */
  std::size_t next_ends(std::string_view text, std::size_t begin, std::span<std::size_t> ends) const;

 private:
  SplitStyle style_;
  BlockIsa isa_;
};

}  // namespace intelia
