// Text of others, made fit for a terminal or a page: what would move the cursor, hide, or turn the direction is shown.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

enum class Newlines { shown_and_made /* ↵ and a newline */, shown /* as \u{a} */ };

/** `text` with every invisible character as \u{…}, but for tabs; bytes that are not UTF-8 become U+FFFD. */
std::string visible(std::string_view text, Newlines newlines = Newlines::shown_and_made);

}  // namespace intelia
