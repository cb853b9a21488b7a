// Characters added in Unicode 15 and 16, which the regular expressions of tokenizers know and PCRE2 10.42 (Unicode 14)
// does not.
#pragma once

#include <span>
#include <string_view>

namespace intelia {

struct UnicodeAddition {
  char32_t first = 0, last = 0;
  std::string_view category;  // two letters: "Lo"
};

/** In order of their code points. */
std::span<const UnicodeAddition> unicode_additions();

}  // namespace intelia
