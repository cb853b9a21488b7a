// Short texts that others stored, made fit to compare and to stand inside a reason. It does not know what they mean.
#pragma once

#include <string>
#include <string_view>

namespace intelia::extraction {

/** `text` in quotes, without control characters, and no more than its first 40 bytes. */
std::string in_quotes(std::string_view text);

/** `text` without the ASCII white space around it. */
std::string_view trimmed(std::string_view text);

/** `text` with A to Z in lower case; every other byte as it is, whatever the locale. */
std::string lower_case(std::string_view text);

/** Whether `text` is UTF-8 without U+0000: text to every program. */
bool is_sound_text(std::string_view text);

}  // namespace intelia::extraction
