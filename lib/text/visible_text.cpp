#include "text/visible_text.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "text/utf8.hpp"

namespace intelia {

namespace {

/** A character that would move the cursor, be invisible, or change the writing direction. */
bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

/** The bytes of the code point at `position`; 1 for a byte that does not begin one. */
std::size_t length_at(std::string_view text, std::size_t position) {
  const auto first = static_cast<unsigned char>(text[position]);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  return length == 1 || is_valid_utf8(text.substr(position, length)) ? length : 1;
}

char32_t code_point(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return first;
  char32_t c = first & (0x7F >> bytes.size());
  for (char following : bytes.substr(1)) c = c << 6 | (static_cast<unsigned char>(following) & 0x3F);
  return c;
}

}  // namespace

std::string visible(std::string_view text, Newlines newlines) {
  std::string out;
  for (std::size_t position = 0; position < text.size();) {
    const std::string_view bytes = text.substr(position, length_at(text, position));
    position += bytes.size();
    const char32_t c = code_point(bytes);
    if (bytes.size() == 1 && c >= 0x80)
      out += "\xEF\xBF\xBD";
    else if (c == '\n' && newlines == Newlines::shown_and_made)
      out += "↵\n";
    else if (c != '\t' && (c != '\n' || newlines != Newlines::made) && is_invisible(c))
      out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(c));
    else
      out += bytes;
  }
  return out;
}

}  // namespace intelia
