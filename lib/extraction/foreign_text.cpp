#include "extraction/foreign_text.hpp"

#include <algorithm>

#include "record/json_fwd.hpp"
#include "text/utf8.hpp"

namespace intelia::extraction {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMaxBytes = 40;
  std::size_t end = std::min(text.size(), kMaxBytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string out;
  append_json_string(out, text.substr(0, end));
  return end < text.size() ? out + "…" : out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r\f\v";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

bool is_sound_text(std::string_view text) { return text.find('\0') == std::string_view::npos && is_valid_utf8(text); }

}  // namespace intelia::extraction
