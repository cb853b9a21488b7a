// See text_matcher.hpp.
#include "tokenizer/text_matcher.hpp"

#include "text/unicode.hpp"
#include "tokenizer/oniguruma.hpp"

namespace intelia {

TextMatcher::TextMatcher(const std::string& regex)
    : pattern_(std::make_shared<Pattern>(pcre_of_oniguruma(regex, false))),
      pattern_with_additions_(std::make_shared<Pattern>(pcre_of_oniguruma(regex, true))) {}

TextMatcher::TextMatcher(const JsonObject& part) {
  const JsonObject field = part["pattern"];
  std::string_view text;
  if (field["Regex"].get(text) == simdjson::SUCCESS) {
    *this = TextMatcher(std::string(text));
    return;
  }
  text = field["String"];
  literal_ = text;
  if (literal_.empty()) *this = TextMatcher(std::string());
}

std::vector<ByteRange> TextMatcher::matches(std::string_view text) const {
  std::vector<ByteRange> found;
  if (text.empty()) return found;
  if (pattern_) {
    const Pattern& pattern = has_additions(text) ? *pattern_with_additions_ : *pattern_;
    pattern.for_each_match_or_gap(text, [&](ByteRange match) { found.push_back(match); });
    return found;
  }
  for (std::size_t at = text.find(literal_); at != std::string_view::npos;) {
    found.push_back({at, at + literal_.size()});
    at = text.find(literal_, at + literal_.size());
  }
  return found;
}

}  // namespace intelia
