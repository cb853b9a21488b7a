// See byte_alphabet.hpp.
#include "tokenizer/byte_alphabet.hpp"

#include "text/utf8.hpp"

namespace intelia {

const ByteAlphabet& ByteAlphabet::get() {
  static const ByteAlphabet alphabet;
  return alphabet;
}

ByteAlphabet::ByteAlphabet() {
  char32_t next = 256;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool stands_for_itself = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    character_of_[byte] = stands_for_itself ? byte : next++;
    byte_of_[character_of_[byte]] = static_cast<unsigned char>(byte);
  }
}

std::optional<std::string> ByteAlphabet::bytes_of(std::string_view token) const {
  std::string bytes;
  for (std::size_t i = 0; i < token.size();) {
    std::size_t length = 1;
    const auto found = byte_of_.find(code_point_at(token, i, length));
    if (found == byte_of_.end()) return std::nullopt;
    bytes += static_cast<char>(found->second);
    i += length;
  }
  return bytes;
}

}  // namespace intelia
