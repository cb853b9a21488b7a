// See unicode_classes.hpp.
#include "text/unicode_classes.hpp"

#include <algorithm>

namespace intelia {

namespace {

struct ClassBegin {
  std::uint32_t code_point;
  std::uint8_t number;
};
constexpr ClassBegin kBegins[] = {
#include "text/unicode_classes.inc"
};

}  // namespace

const UnicodeClasses& UnicodeClasses::table() {
  static const UnicodeClasses classes;
  return classes;
}

// Blocks that are alike are stored once; Unicode 16.0 has 230 different ones.
UnicodeClasses::UnicodeClasses() {
  std::size_t num_blocks = 0;
  const ClassBegin* next = kBegins;
  CharacterClass current = CharacterClass::other;
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    CharacterClass* const classes = classes_.data() + (num_blocks << kBlockBits);
    for (std::size_t i = 0; i < kBlockSize; ++i) {
      if (next != std::end(kBegins) && next->code_point == (block << kBlockBits | i)) {
        current = static_cast<CharacterClass>((next++)->number);
      }
      classes[i] = current;
    }
    std::size_t same = 0;
    while (!std::equal(classes, classes + kBlockSize, classes_.data() + (same << kBlockBits))) ++same;
    blocks_[block] = static_cast<std::uint8_t>(same);
    if (same == num_blocks) ++num_blocks;
  }
}

}  // namespace intelia
