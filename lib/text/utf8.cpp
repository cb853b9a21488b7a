// See utf8.hpp.
#include "text/utf8.hpp"

#include <simdjson.h>

namespace intelia {

bool is_valid_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return count;
}

std::size_t character_bytes(std::string_view text, std::size_t position) {
  std::size_t end = position + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return end - position;
}

std::size_t byte_offset(std::string_view text, std::size_t index) {
  std::size_t position = 0;
  while (index-- > 0 && position < text.size()) position += character_bytes(text, position);
  return position;
}

char32_t code_point_at(std::string_view text, std::size_t position, std::size_t& length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const unsigned char first = byte(0);
  const std::size_t wanted = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  length = 1;
  if (wanted == 1) return first;
  if (position + wanted > text.size()) return first;
  char32_t code_point = first & (0xFF >> (wanted + 1));
  for (std::size_t i = 1; i < wanted; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return first;
    code_point = code_point << 6 | (byte(i) & 0x3F);
  }
  length = wanted;
  return code_point;
}

void append_code_point(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

void append_lossy_utf8(std::string& out, std::string_view bytes) {
  const auto at = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  for (std::size_t i = 0; i < bytes.size();) {
    const unsigned first = at(i);
    if (first < 0x80) {
      out += bytes[i++];
      continue;
    }
    // The bounds of the second byte keep out overlong forms, surrogates and what lies above U+10FFFF.
    const std::size_t wanted = first >= 0xC2 && first <= 0xDF   ? 2
                               : first >= 0xE0 && first <= 0xEF ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    std::size_t length = 1;
    if (wanted > 1 && at(i + 1) >= low && at(i + 1) <= high) {
      length = 2;
      while (length < wanted && (at(i + length) & 0xC0) == 0x80) ++length;
    }
    if (wanted != 0 && length == wanted) {
      out += bytes.substr(i, length);
    } else {
      out += "\xEF\xBF\xBD";
    }
    i += length;
  }
}

std::string_view truncated_utf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xC0) == 0x80) --max_bytes;
  return text.substr(0, max_bytes);
}

std::string_view as_valid_utf8(std::string_view text, std::string& repaired) {
  if (is_valid_utf8(text)) return text;
  append_lossy_utf8(repaired, text);
  return repaired;
}

}  // namespace intelia
