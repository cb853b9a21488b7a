// The text of an answer while it grows token by token, and the stop strings that end it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.hpp"

namespace intelia {

/** What of an answer's text is certain: a character whose bytes are spread over tokens is held back until it is
    complete. Keeps a reference to `tokenizer`. */
class GrowingText {
 public:
  explicit GrowingText(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}
  /** The text that `id` adds; may be empty. */
  std::string add(std::int32_t id);
  /** The rest, at the end of the answer. */
  std::string finish();

 private:
  const Tokenizer* tokenizer_;
  std::vector<std::int32_t> ids_;
  // Tokens are decoded after those before them, since a decoder may treat the first token of a text differently.
  std::size_t context_begin_ = 0, new_begin_ = 0;
};

/** The beginning of the first stop string in `text`, or npos. `stop_strings` are not empty. */
std::size_t find_stop(std::string_view text, const std::vector<std::string>& stop_strings);

/** Detects stop strings in an answer while it grows, across the boundaries of tokens. */
class StopDetector {
 public:
  /** Keeps references. */
  StopDetector(const Tokenizer& tokenizer, const std::vector<std::string>& stop_strings);
  /** Whether the answer contains a stop string with `id`. */
  bool add(std::int32_t id);

 private:
  const std::vector<std::string>* stop_strings_;
  GrowingText text_;
  std::string tail_;  // of the text: as much as can be the beginning of a stop string
  std::size_t longest_ = 0;
};

}  // namespace intelia
