// Hand-written matchers of the published split patterns. Knows which pattern texts it serves and where their matches
// end; knows nothing of tokens. Every pattern here matches everywhere, so its matches are the pieces of the text, end
// to end. Private to lib/tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace intelia {

/** What tells the published patterns apart. */
struct SplitStyle {
  enum class Family : std::uint8_t {
    gpt2,    // a blank before a word belongs to it
    cl100k,  // any one character but a newline, letter or digit before a word belongs to it
    o200k,   // so too, and a word is also cut before a capital that follows a small letter
    blanks,  // no pattern: all blanks and marks (▁) before a word belong to it
    marks,   // no pattern: the one blank or mark before a word belongs to it, as Metaspace cuts
  } family = Family::cl100k;
  std::uint8_t max_digits = 3;      // of one piece; GPT-2 knows no limit
  bool has_contractions = true;     // 's, 't, 're, 've, 'm, 'll, 'd
  bool joins_final_blanks = false;  // tiktoken's `\s++$`: blanks at the end of the text are one piece, newlines or not
  bool operator==(const SplitStyle&) const = default;
};

/** The style of a published pattern (GPT-2, cl100k, Llama 3, Qwen 2, o200k, Llama 4, Tekken), by its text. */
std::optional<SplitStyle> known_style(std::string_view pattern);

/** The instructions that blocks of text are cut with. */
enum class BlockIsa : std::uint8_t { none, sse2, avx2, avx512 };
/** The best that this processor has. */
BlockIsa best_block_isa();

class TextSplitter {
 public:
  explicit TextSplitter(SplitStyle style, BlockIsa isa = best_block_isa());

  /** At least this many places must be in `ends`. */
  static constexpr std::size_t kMinEnds = 128;

  /** Writes the ends of the pieces from `begin` on (where a piece begins) and returns their number: 0 at the end of the
      text only. `text` is valid UTF-8. */
  std::size_t next_ends(std::string_view text, std::size_t begin, std::span<std::size_t> ends) const;

 private:
  SplitStyle style_;
  BlockIsa isa_;
};

}  // namespace intelia
