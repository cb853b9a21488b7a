// Added tokens: texts with their own ids that are split off before a model encodes the rest. Private to lib/tokenizer.
#pragma once

#include <array>
#include <cstdint>
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
  bool strips_left = false;     // includes whitespace before it
  bool strips_right = false;    // includes whitespace after it
  bool is_normalized = true;    // matched in the normalized text
  bool is_single_word = false;  // matched only where no word character is adjacent
};

/** A segment of a text: between added tokens (id < 0), or one of them. */
struct Segment {
  ByteRange bytes;
  std::int32_t id = -1;
};

/** Finds added tokens in a text as tokenizers does: leftmost, longest first. The time does not depend on their number.
 */
class AddedTokenFinder {
 public:
  AddedTokenFinder() = default;
  /** Of tokens with the same content the first is used. Throws Error{input} for a content of more than 512 bytes: that
   * many bytes of a text may be read for each of its positions. */
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);
  bool is_empty() const { return tokens_.empty(); }

  /** Splits `text`. Special tokens are matched with `parse_special` where they overlap none of `plain_ranges`; others
     always. */
  std::vector<Segment> split(std::string_view text, bool parse_special, std::span<const ByteRange> plain_ranges) const;
  /** The same segments in order, without a list. */
  void for_each_segment(std::string_view text, bool parse_special, std::span<const ByteRange> plain_ranges,
                        const std::function<void(const Segment&)>& take) const;

 private:
  /** A node of the prefix tree of the contents. */
  struct Node {
    std::uint32_t first_edge = 0, end_edge = 0;    // in edges_
    std::uint32_t first_token = 0, end_token = 0;  // in tokens_: those whose content ends here
  };
  struct Edge {
    unsigned char byte = 0;
    std::uint32_t node = 0;
  };

  void build_tree();
  /** The node below `node` for `byte`, or 0. */
  std::uint32_t child(const Node& node, char byte) const;
  /** The longest token at `position`, or null; special ones end at `special_end` or before. */
  const AddedToken* longest_at(std::string_view text, std::size_t position, std::size_t special_end) const;
  /** The first position at or after `position` where a token may begin, or the end. */
  std::size_t next_first_byte(std::string_view text, std::size_t position) const;

  std::vector<AddedToken> tokens_;  // by content
  std::vector<Node> nodes_;         // the root first
  std::vector<Edge> edges_;         // of a node together, by byte
  std::array<std::uint32_t, 256> node_of_first_byte_{};
  std::string first_bytes_;
  bool has_plain_tokens_ = false;  // tokens that are not special
};

}  // namespace intelia
