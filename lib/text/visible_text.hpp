// Escapes untrusted text for a terminal or a page: characters that move the cursor, are invisible, or change the
// writing direction become visible.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

enum class Newlines { shown_and_made /* ↵ and a newline */, shown /* as \u{a} */, made /* a newline */ };

/** `text` with every invisible character except tabs as \u{…}; bytes that are not UTF-8 become U+FFFD. */
std::string visible(std::string_view text, Newlines newlines = Newlines::shown_and_made);

}  // namespace intelia
