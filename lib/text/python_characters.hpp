// Characters as Python 3.11's str sees them: the classes and cases of Unicode 14, by ICU's data without what is newer.
// Malformed bytes stay as they are. Private to lib/tokens.
#pragma once

#include <string>
#include <string_view>

namespace intelia::python {

/** General category L. */
bool is_alpha(char32_t code_point);
/** A digit of a decimal system: int() reads it. */
bool is_decimal(char32_t code_point);
/** The same, and other digits ("²"). */
bool is_digit(char32_t code_point);
/** Whatever has a numeric value ("½", "Ⅻ", "三"). */
bool is_numeric(char32_t code_point);
bool is_alnum(char32_t code_point);
/** `text` with the digits of every decimal system as ASCII's. */
std::string with_ascii_digits(std::string_view text);
/** What repr() shows as it is. */
bool is_printable(char32_t code_point);

/** Of a whole text: some character has case, and all that have it have this one. */
bool is_upper(std::string_view text);
bool is_lower(std::string_view text);
/** Upper case begins every run of letters with case, and nothing else is upper case. */
bool is_title(std::string_view text);

/** The full case mappings: "ß" → "SS"; a sigma that ends a word → "ς". */
std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string title(std::string_view text);
std::string capitalize(std::string_view text);
std::string swapcase(std::string_view text);
std::string casefold(std::string_view text);

}  // namespace intelia::python
