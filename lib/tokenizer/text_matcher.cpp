// See text_matcher.hpp.
#include "tokenizer/text_matcher.hpp"

#include "text/search.hpp"
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

void TextMatcher::for_each_match(std::string_view text, const std::function<void(ByteRange)>& take) const {
  if (text.empty()) return;
  if (pattern_) {
    const Pattern& pattern = has_additions(text) ? *pattern_with_additions_ : *pattern_;
    return pattern.for_each_match_or_gap(text, take);
  }
  for (std::size_t at = find_text(text, literal_); at != std::string_view::npos;) {
    take({at, at + literal_.size()});
    at = find_text(text, literal_, at + literal_.size());
  }
}

std::vector<ByteRange> TextMatcher::matches(std::string_view text) const {
  std::vector<ByteRange> found;
  for_each_match(text, [&](ByteRange match) { found.push_back(match); });
  return found;
}

}  // namespace intelia
