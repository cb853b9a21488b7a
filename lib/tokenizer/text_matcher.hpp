// Matches the field "pattern" of a part of a tokenizer.json: a text, or a regular expression of Oniguruma.
// Private to lib/tokenizer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/json_fields.hpp"
#include "tokenizer/pattern.hpp"

namespace intelia {

class TextMatcher {
 public:
  /** Reads {"pattern": {"String": text}} or {"pattern": {"Regex": text}}. */
  explicit TextMatcher(const JsonObject& part);
  explicit TextMatcher(const std::string& regex);

  /** Calls `take` with the matches in `text` (valid UTF-8), in order, including empty ones, as in tokenizers. */
  void for_each_match(std::string_view text, const std::function<void(ByteRange)>& take) const;
  std::vector<ByteRange> matches(std::string_view text) const;

 private:
  std::string literal_;  // matched literally when there is no pattern
  std::shared_ptr<const Pattern> pattern_;
  std::shared_ptr<const Pattern> pattern_with_additions_;  // for texts with characters that PCRE2 does not know
};

}  // namespace intelia
