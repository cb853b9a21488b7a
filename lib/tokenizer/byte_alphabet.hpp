// GPT-2's mapping between bytes and printable characters: https://github.com/openai/gpt-2/blob/master/src/encoder.py
// Private to lib/tokenizer.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace intelia {

class ByteAlphabet {
 public:
  /** The alphabet. */
  static const ByteAlphabet& get();

  char32_t character_of(unsigned char byte) const { return character_of_[byte]; }
  /** The bytes that `token` represents, or nothing when it has a character outside the alphabet. */
  std::optional<std::string> bytes_of(std::string_view token) const;

 private:
  ByteAlphabet();
  std::array<char32_t, 256> character_of_{};
  std::unordered_map<char32_t, unsigned char> byte_of_;
};

}  // namespace intelia
