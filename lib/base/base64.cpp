#include "base/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace intelia {

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t num_digits = text.size();
  for (int i = 0; i < 2 && num_digits > 0 && text[num_digits - 1] == '='; ++i) --num_digits;
  std::string bytes;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < num_digits; ++i) {
    const std::size_t digit = kDigits.find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    // The bits that are complete after 2, 3 and 4 digits are 8, 16 and 24.
    if (i % 4 != 0) bytes += static_cast<char>(bits >> (6 - 2 * (i % 4)) & 0xFF);
  }
  return bytes;
}

}  // namespace intelia
