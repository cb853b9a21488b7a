// The text of an answer while it grows token by token, and the stop strings that end it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.hpp"

namespace intelia {

/** What of an answer's text is certain: a character whose bytes are spread over tokens is held back until it is
    complete, and a run of byte tokens ("<0x0A>") until it ends, since a decoder replaces all of its bytes if one is not
    UTF-8. Keeps a reference to `tokenizer`. */
class GrowingText {
 public:
  explicit GrowingText(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}
  /** The text that `id` adds; may be empty. */
  std::string add(std::int32_t id);
  /** What is held back and is complete characters, if the answer ended here. */
  const std::string& held() const { return held_; }
  /** The rest, at the end of the answer. */
  std::string finish();

 private:
  /** The text of the tokens from new_begin_ on. */
  std::string new_text() const;

  const Tokenizer* tokenizer_;
  std::vector<std::int32_t> ids_;
  // Tokens are decoded after those before them, since a decoder may treat the first token of a text differently.
  std::size_t context_begin_ = 0, new_begin_ = 0;
  std::string held_;
};

/** Throws SettingError{usage} for a stop string without text. */
void check_stop_strings(const std::vector<std::string>& stop_strings);

/** The beginning of the first stop string in `text`, or npos. `stop_strings` are not empty. */
std::size_t find_stop(std::string_view text, const std::vector<std::string>& stop_strings);

/** An answer while it grows, up to a stop string, which is found across the boundaries of tokens. */
class AnswerText {
 public:
  /** Keeps references. */
  AnswerText(const Tokenizer& tokenizer, const std::vector<std::string>& stop_strings)
      : stop_strings_(&stop_strings), text_(tokenizer) {}
  /** The text that is certain to belong to the answer with `id` and was not before; what may be the beginning of a stop
     string is held back. Empty once the answer is stopped. */
  std::string add(std::int32_t id);
  /** Whether the answer contains a stop string. */
  bool is_stopped() const { return is_stopped_; }
  /** The rest, at the end of the answer. */
  std::string finish();

 private:
  /** Takes from `held_` what belongs to the answer whatever follows; with a stop string that ends in `tentative`, the
      text after `held_`, also what comes before it there. */
  std::string release(std::string_view tentative);

  const std::vector<std::string>* stop_strings_;
  GrowingText text_;
  std::string held_;
  bool is_stopped_ = false;
};

}  // namespace intelia
