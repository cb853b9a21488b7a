// Added tokens: texts with an id of their own that are cut out of a text before a model sees it. Private to lib/tokens.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.hpp"

namespace intelia {

struct AddedToken {
  std::int32_t id = 0;
  std::string content;
  bool is_special = false;
  bool strips_left = false;     // blanks before it belong to it
  bool strips_right = false;    // blanks after it belong to it
  bool is_normalized = true;    // sought in the normalized text
  bool is_single_word = false;  // counts only where no word character touches it
};

/** A stretch of a text: between added tokens (id < 0), or one of them. */
struct Segment {
  ByteRange bytes;
  std::int32_t id = -1;
};

/** Finds added tokens in a text as tokenizers does: leftmost, the longest of those that begin there. */
class AddedTokenFinder {
 public:
  AddedTokenFinder() = default;
  /** Of tokens with the same content the first counts. */
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);
  bool is_empty() const { return tokens_.empty(); }

  /** Cuts `text`. Special tokens count when `parse_special` and they touch none of `plain_ranges`; others always. */
  std::vector<Segment> split(std::string_view text, bool parse_special, std::span<const ByteRange> plain_ranges) const;
  /** The same segments in order, without a list. */
  void for_each_segment(std::string_view text, bool parse_special, std::span<const ByteRange> plain_ranges,
                        const std::function<void(const Segment&)>& take) const;

 private:
  /** The first place from `position` on where a token may begin, or the end. */
  std::size_t next_first_byte(std::string_view text, std::size_t position) const;

  std::vector<AddedToken> tokens_;                                        // by first byte, then from long to short
  std::array<std::pair<std::size_t, std::size_t>, 256> by_first_byte_{};  // ranges in tokens_
  std::string first_bytes_;
  bool has_plain_tokens_ = false;  // such as are not special
};

}  // namespace intelia
