// See text_matcher.hpp.
#include "tokens/text_matcher.hpp"

#include "tokens/oniguruma.hpp"

namespace intelia {

TextMatcher::TextMatcher(const JsonObject& part) {
  const JsonObject field = part["pattern"];
  std::string_view text;
  if (field["Regex"].get(text) == simdjson::SUCCESS) {
    pattern_ = std::make_shared<Pattern>(pcre_of_oniguruma(std::string(text)));
  } else {
    text = field["String"];
    literal_ = text;
    if (literal_.empty()) pattern_ = std::make_shared<Pattern>("");
  }
}

std::vector<ByteRange> TextMatcher::matches(std::string_view text) const {
  std::vector<ByteRange> found;
  if (text.empty()) return found;
  if (pattern_) {
    pattern_->for_each_match_or_gap(text, [&](ByteRange match) { found.push_back(match); });
    return found;
  }
  for (std::size_t at = text.find(literal_); at != std::string_view::npos;) {
    found.push_back({at, at + literal_.size()});
    at = text.find(literal_, at + literal_.size());
  }
  return found;
}

}  // namespace intelia
