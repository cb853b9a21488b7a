// Searching for a text in a text in time proportional to their sum. std::string::find may take the product.
#pragma once

#include <cstddef>
#include <string_view>

namespace intelia {

/** The first occurrence of `wanted` in `text` that begins at `begin` (at most the size of `text`) or later; npos if
   there is none. */
std::size_t find_text(std::string_view text, std::string_view wanted, std::size_t begin = 0);

/** The last occurrence of `wanted` in `text`; npos if there is none. */
std::size_t find_last_text(std::string_view text, std::string_view wanted);

}  // namespace intelia
