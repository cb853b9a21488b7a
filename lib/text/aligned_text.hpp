// A text that is being normalized, with the input bytes that each of its bytes comes from. Every change follows the
// alignment rules of Hugging Face tokenizers, so that token ranges equal its offsets: an inserted character has the
// source of the character before it. A change that would make a text many times longer than it was is an error.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/byte_range.hpp"

namespace intelia {

/** text[begin, end) widened to whole characters. */
ByteRange whole_characters(std::string_view text, std::size_t begin, std::size_t end);

/** One character of a changed text. */
struct NewCharacter {
  char32_t code_point = 0;
  std::ptrdiff_t change = 0;  // 1: inserted; 0: replaces the next old one; -n: replaces it and removes n more
};

/** The most bytes that the rules of a tokenizer may make of `num_bytes`: 32 times as many and 64 KiB, and of a long
 * text four times as many and 8 MiB. */
inline std::size_t max_grown_bytes(std::size_t num_bytes) {
  return std::min<std::size_t>(32 * num_bytes + (64 << 10), 4 * num_bytes + (8 << 20));
}

class AlignedText {
 public:
  AlignedText() = default;
  /** `text` is UTF-8 and begins at byte `offset` of the input. */
  AlignedText(std::string_view text, std::size_t offset)
      : text_(text), offset_(offset), max_bytes_(max_grown_bytes(text.size())) {}

  const std::string& text() const { return text_; }
  bool is_empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }

  /** The bytes of the input that [begin, end) comes from; begin < end. */
  ByteRange source_of(std::size_t begin, std::size_t end) const;
  /** As source_of, after widening [begin, end) to whole characters. */
  ByteRange source_of_characters(std::size_t begin, std::size_t end) const;

  AlignedText slice(ByteRange bytes) const;
  void append(const AlignedText& other);

  /** Puts `prefix` before the text, with the source of its first character. An empty text stays empty. */
  void prepend(std::string_view prefix);
  /** Replaces the text by `characters`, after removing the first `num_removed` old ones. */
  void transform(std::span<const NewCharacter> characters, std::size_t num_removed = 0);
  /** Removes the characters that `keep` is false for. */
  void keep_only(const std::function<bool(char32_t)>& keep);
  /** Replaces each of `matches` (in order, not overlapping) by `replacement`. */
  void replace(std::span<const ByteRange> matches, std::string_view replacement);

 private:
  /** Throws Error{input} for a new size above the limit. */
  void check_size(std::size_t num_bytes) const;
  void make_sources();

  std::string text_;
  std::vector<ByteRange> sources_;  // by byte; empty: the text is the input's own from offset_ on
  std::size_t offset_ = 0;          // where the input's part begins
  std::size_t max_bytes_ = max_grown_bytes(0);
};

}  // namespace intelia
