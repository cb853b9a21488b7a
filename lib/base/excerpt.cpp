#include "base/excerpt.hpp"

#include <algorithm>

namespace intelia {

namespace {

constexpr int kMaxBytesInside = 3;  // of a character, after its first byte

bool is_inside_character(std::string_view text, std::size_t position) {
  return position < text.size() && (static_cast<unsigned char>(text[position]) & 0xC0) == 0x80;
}

/** `position`, or where the character begins that it is inside of. */
std::size_t character_begin(std::string_view text, std::size_t position) {
  for (int i = 0; i < kMaxBytesInside && position > 0 && is_inside_character(text, position); ++i) --position;
  return position;
}

/** `position`, or where the character ends that it is inside of. */
std::size_t character_end(std::string_view text, std::size_t position) {
  for (int i = 0; i < kMaxBytesInside && is_inside_character(text, position); ++i) ++position;
  return position;
}

}  // namespace

std::string excerpt(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view kOmission = " … ";
  if (text.size() <= max_bytes) return std::string(text);
  const std::size_t kept = max_bytes - kOmission.size();
  const std::size_t begin = character_begin(text, kept - kept / 3);
  const std::size_t end = character_end(text, text.size() - kept / 3);
  return std::string(text.substr(0, begin)).append(kOmission).append(text.substr(end));
}

std::string excerpt_around(std::string_view text, std::size_t position, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  const std::size_t wanted = position < max_bytes / 2 ? 0 : position - max_bytes / 2;
  const std::size_t last = std::min(wanted + max_bytes, text.size());
  const std::size_t begin = character_end(text, last - max_bytes), end = character_begin(text, last);
  return (begin > 0 ? "…" : "") + std::string(text.substr(begin, end - begin)) + (end < text.size() ? "…" : "");
}

}  // namespace intelia
