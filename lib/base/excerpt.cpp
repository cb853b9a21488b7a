#include "base/excerpt.hpp"

namespace intelia {

namespace {

bool is_inside_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

std::string excerpt(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view kOmission = " … ";
  constexpr std::size_t kMaxBytesInside = 3;  // of a character, after its first byte
  if (text.size() <= max_bytes) return std::string(text);
  const std::size_t kept = max_bytes - kOmission.size();
  std::size_t begin = kept - kept / 3, end = text.size() - kept / 3;
  for (std::size_t i = 0; i < kMaxBytesInside && is_inside_character(text[begin]); ++i) --begin;
  for (std::size_t i = 0; i < kMaxBytesInside && end < text.size() && is_inside_character(text[end]); ++i) ++end;
  return std::string(text.substr(0, begin)).append(kOmission).append(text.substr(end));
}

}  // namespace intelia
