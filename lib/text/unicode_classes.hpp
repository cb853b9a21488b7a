// The class of a code point, as far as the published split patterns distinguish code points; Unicode 16.0, as in
// tokenizers and tiktoken.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace intelia {

enum class CharacterClass : std::uint8_t {
  other,    // punctuation, symbols, controls, unassigned
  mark,     // \p{M}
  upper,    // \p{Lu}, \p{Lt}
  lower,    // \p{Ll}
  uncased,  // \p{Lm}, \p{Lo}
  number,   // \p{N}
  space,    // \s except newlines
  newline,  // \r, \n
};

/** A set of classes, one bit each. */
using ClassSet = unsigned;
constexpr ClassSet set_of(CharacterClass c) { return 1U << static_cast<unsigned>(c); }

class UnicodeClasses {
 public:
  static const UnicodeClasses& table();
  CharacterClass at(char32_t code_point) const {
    const std::size_t block = blocks_[code_point >> kBlockBits];
    return classes_[block << kBlockBits | (code_point & (kBlockSize - 1))];
  }

 private:
  static constexpr std::size_t kBlockBits = 7, kBlockSize = 1 << kBlockBits, kMaxBlocks = 256;
  UnicodeClasses();
  std::array<std::uint8_t, (0x110000 >> kBlockBits)> blocks_{};
  std::array<CharacterClass, kMaxBlocks << kBlockBits> classes_{};
};

}  // namespace intelia
