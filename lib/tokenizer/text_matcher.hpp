// Finds what the field "pattern" of a tokenizer.json's part describes: a text, or a regular expression of Oniguruma.
// Private to lib/tokens.
#pragma once

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

  /** The matches in `text` (valid UTF-8), in order. Empty ones are among them, as with the peer. */
  std::vector<ByteRange> matches(std::string_view text) const;

 private:
  std::string literal_;  // sought as it is where there is no pattern
  std::shared_ptr<const Pattern> pattern_;
  std::shared_ptr<const Pattern> pattern_with_additions_;  // for texts with characters that PCRE2 does not know
};

}  // namespace intelia
