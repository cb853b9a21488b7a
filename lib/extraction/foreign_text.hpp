// Helpers for short texts of foreign origin: normalization for comparison, quoting for messages.
#pragma once

#include <string>
#include <string_view>

namespace intelia::extraction {

/** `text` in quotes, truncated to 40 bytes, without control characters. */
std::string in_quotes(std::string_view text);

/** `text` without leading and trailing ASCII white space. */
std::string_view trimmed(std::string_view text);

/** `text` with ASCII letters in lower case, independent of the locale. */
std::string lower_case(std::string_view text);

/** Whether `text` is UTF-8 without U+0000. */
bool is_sound_text(std::string_view text);

}  // namespace intelia::extraction
