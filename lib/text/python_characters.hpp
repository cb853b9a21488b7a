// Character classes and case mappings of Python 3.11's str (Unicode 14), from ICU's data without later additions.
// Malformed bytes are kept unchanged.
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
/** Any character with a numeric value ("½", "Ⅻ", "三"). */
bool is_numeric(char32_t code_point);
bool is_alnum(char32_t code_point);
/** `text` with the digits of every decimal system as ASCII's. */
std::string with_ascii_digits(std::string_view text);
/** Whether repr() shows it unescaped. */
bool is_printable(char32_t code_point);

/** Of a whole text: it has cased characters, and all of them have this case. */
bool is_upper(std::string_view text);
bool is_lower(std::string_view text);
/** Upper case begins every run of cased letters and is nowhere else. */
bool is_title(std::string_view text);

/** The full case mappings: "ß" → "SS"; a sigma that ends a word → "ς". */
std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string title(std::string_view text);
std::string capitalize(std::string_view text);
std::string swapcase(std::string_view text);
std::string casefold(std::string_view text);

}  // namespace intelia::python
