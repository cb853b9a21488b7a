// See python_characters.hpp. Source: CPython 3.11, Objects/unicodeobject.c and Objects/unicodectype.c.
#include "text/python_characters.hpp"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include <array>

#include "base/error.hpp"
#include "text/unicode.hpp"
#include "text/utf8.hpp"

namespace intelia::python {

namespace {

constexpr int kUnicodeVersion = 14;
constexpr char32_t kSigma = 0x3A3, kFinalSigma = 0x3C2, kSmallSigma = 0x3C3;

UChar32 icu(char32_t code_point) { return static_cast<UChar32>(code_point); }

bool is_known(char32_t code_point) { return is_known_in(kUnicodeVersion, code_point); }

bool has(UProperty property, char32_t code_point) {
  return u_hasBinaryProperty(icu(code_point), property) && is_known(code_point);
}

bool is_in(std::uint32_t category_mask, char32_t code_point) {
  return (U_GET_GC_MASK(icu(code_point)) & category_mask) != 0 && is_known(code_point);
}

UNumericType numeric_type(char32_t code_point) {
  if (!is_known(code_point)) return U_NT_NONE;
  return static_cast<UNumericType>(u_getIntPropertyValue(icu(code_point), UCHAR_NUMERIC_TYPE));
}

/** Modifier letters that are lower case since Unicode 15. */
bool got_case_later(char32_t c) { return c == 0x10FC || (c >= 0xA7F2 && c <= 0xA7F4) || c == 0xAB69; }

bool has_case(char32_t code_point) { return has(UCHAR_CASED, code_point) && !got_case_later(code_point); }
bool is_upper_case(char32_t code_point) { return has(UCHAR_UPPERCASE, code_point); }
bool is_lower_case(char32_t code_point) { return has(UCHAR_LOWERCASE, code_point) && !got_case_later(code_point); }
bool is_title_case(char32_t code_point) { return is_in(U_GC_LT_MASK, code_point); }

using Mapping = std::int32_t (*)(UChar*, std::int32_t, const UChar*, std::int32_t, UErrorCode*);

std::int32_t to_upper(UChar* out, std::int32_t capacity, const UChar* units, std::int32_t length, UErrorCode* status) {
  return u_strToUpper(out, capacity, units, length, "", status);
}
std::int32_t to_lower(UChar* out, std::int32_t capacity, const UChar* units, std::int32_t length, UErrorCode* status) {
  return u_strToLower(out, capacity, units, length, "", status);
}
/** The character's own title case: u_strToTitle would skip one that is not a letter. */
std::int32_t to_title(UChar* out, std::int32_t capacity, const UChar* units, std::int32_t length, UErrorCode* status) {
  const std::int32_t count = u_strToUpper(out, capacity, units, length, "", status);
  if (count > length) return u_strToTitle(out, capacity, units, length, nullptr, "", status);
  UChar32 code_point = 0;
  U16_GET_UNSAFE(units, 0, code_point);
  const UChar32 mapped = u_totitle(code_point);
  std::int32_t at = 0;
  U16_APPEND_UNSAFE(out, at, mapped);
  return at;
}
std::int32_t to_folded(UChar* out, std::int32_t capacity, const UChar* units, std::int32_t length, UErrorCode* status) {
  return u_strFoldCase(out, capacity, units, length, U_FOLD_CASE_DEFAULT, status);
}

/** Appends the mapping of one character without context; the character itself where Unicode 14 lacks the result. */
void append_mapped(char32_t code_point, Mapping mapping, std::string& out) {
  std::array<UChar, 2> units;
  std::array<UChar, 8> mapped;
  std::int32_t length = 0;
  U16_APPEND_UNSAFE(units, length, icu(code_point));
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t count = mapping(mapped.data(), mapped.size(), units.data(), length, &status);
  if (U_FAILURE(status)) throw Error(Kind::internal, std::string("ICU: ") + u_errorName(status));
  std::string text;
  for (std::int32_t i = 0; i < count;) {
    UChar32 part = 0;
    U16_NEXT(mapped.data(), i, count, part);
    if (!is_known(static_cast<char32_t>(part))) return append_code_point(out, code_point);
    append_code_point(text, static_cast<char32_t>(part));
  }
  out += text;
}

struct Character {
  char32_t code_point = 0;  // above all characters for a malformed byte, so that it has no property
  std::string_view bytes;
  std::size_t begin = 0;
};

Character character_at(std::string_view text, std::size_t begin) {
  std::size_t length = 1;
  const char32_t code_point = code_point_at(text, begin, length);
  const bool is_malformed = length == 1 && code_point >= 0x80;
  return {is_malformed ? 0x110000 : code_point, text.substr(begin, length), begin};
}

/** Whether the first character before (or after) `begin` that is not case-ignorable is cased. */
bool is_beside_case(std::string_view text, std::size_t begin, bool is_before) {
  while (is_before ? begin > 0 : begin < text.size()) {
    if (is_before) {
      do --begin;
      while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80);
    }
    const Character character = character_at(text, begin);
    if (!has(UCHAR_CASE_IGNORABLE, character.code_point)) return has_case(character.code_point);
    if (!is_before) begin += character.bytes.size();
  }
  return false;
}

void append_upper(const Character& character, std::string& out) {
  const char32_t c = character.code_point;
  if (c < 0x80)
    out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  else if (!has(UCHAR_CHANGES_WHEN_UPPERCASED, c))
    out += character.bytes;
  else
    append_mapped(c, to_upper, out);
}

void append_lower(std::string_view text, const Character& character, std::string& out) {
  const char32_t c = character.code_point;
  if (c < 0x80) {
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  } else if (c == kSigma) {
    const bool is_final = is_beside_case(text, character.begin, true) &&
                          !is_beside_case(text, character.begin + character.bytes.size(), false);
    append_code_point(out, is_final ? kFinalSigma : kSmallSigma);
  } else if (!has(UCHAR_CHANGES_WHEN_LOWERCASED, c)) {
    out += character.bytes;
  } else {
    append_mapped(c, to_lower, out);
  }
}

void append_title(const Character& character, std::string& out) {
  if (!has(UCHAR_CHANGES_WHEN_TITLECASED, character.code_point))
    out += character.bytes;
  else
    append_mapped(character.code_point, to_title, out);
}

/** Calls `take` with each character of `text`. */
template <class Take>
void for_each_character(std::string_view text, Take take) {
  for (std::size_t i = 0; i < text.size();) {
    const Character character = character_at(text, i);
    take(character);
    i += character.bytes.size();
  }
}

template <class Append>
std::string mapped(std::string_view text, Append append) {
  std::string out;
  out.reserve(text.size());
  for_each_character(text, [&](const Character& character) { append(character, out); });
  return out;
}

bool has_one_case(std::string_view text, bool is_upper_wanted) {
  bool is_found = false, has_other = false;
  for_each_character(text, [&](const Character& character) {
    const char32_t c = character.code_point;
    is_found = is_found || (is_upper_wanted ? is_upper_case(c) : is_lower_case(c));
    has_other = has_other || is_title_case(c) || (is_upper_wanted ? is_lower_case(c) : is_upper_case(c));
  });
  return is_found && !has_other;
}

}  // namespace

bool is_alpha(char32_t code_point) { return is_in(U_GC_L_MASK, code_point); }

bool is_decimal(char32_t code_point) { return numeric_type(code_point) == U_NT_DECIMAL; }

bool is_digit(char32_t code_point) {
  const UNumericType type = numeric_type(code_point);
  return type == U_NT_DECIMAL || type == U_NT_DIGIT;
}

bool is_numeric(char32_t code_point) { return numeric_type(code_point) != U_NT_NONE; }

bool is_alnum(char32_t code_point) { return is_alpha(code_point) || is_numeric(code_point); }

std::string with_ascii_digits(std::string_view text) {
  return mapped(text, [](const Character& character, std::string& out) {
    if (is_decimal(character.code_point))
      out += static_cast<char>('0' + u_charDigitValue(icu(character.code_point)));
    else
      out += character.bytes;
  });
}

bool is_printable(char32_t code_point) {
  return code_point == ' ' || (is_known(code_point) && !is_in(U_GC_C_MASK | U_GC_Z_MASK, code_point));
}

bool is_upper(std::string_view text) { return has_one_case(text, true); }

bool is_lower(std::string_view text) { return has_one_case(text, false); }

bool is_title(std::string_view text) {
  bool is_found = false, is_broken = false, is_inside = false;
  for_each_character(text, [&](const Character& character) {
    const char32_t c = character.code_point;
    const bool begins = is_upper_case(c) || is_title_case(c);
    const bool goes_on = !begins && is_lower_case(c);
    is_broken = is_broken || (begins && is_inside) || (goes_on && !is_inside);
    is_inside = begins || goes_on;
    is_found = is_found || is_inside;
  });
  return is_found && !is_broken;
}

std::string upper(std::string_view text) { return mapped(text, append_upper); }

std::string lower(std::string_view text) {
  return mapped(text, [&](const Character& character, std::string& out) { append_lower(text, character, out); });
}

std::string title(std::string_view text) {
  bool is_inside = false;
  return mapped(text, [&](const Character& character, std::string& out) {
    if (is_inside)
      append_lower(text, character, out);
    else
      append_title(character, out);
    is_inside = has_case(character.code_point);
  });
}

std::string capitalize(std::string_view text) {
  return mapped(text, [&](const Character& character, std::string& out) {
    if (character.begin == 0)
      append_title(character, out);
    else
      append_lower(text, character, out);
  });
}

std::string swapcase(std::string_view text) {
  return mapped(text, [&](const Character& character, std::string& out) {
    if (is_upper_case(character.code_point))
      append_lower(text, character, out);
    else if (is_lower_case(character.code_point))
      append_upper(character, out);
    else
      out += character.bytes;
  });
}

std::string casefold(std::string_view text) {
  return mapped(text, [](const Character& character, std::string& out) {
    if (is_known(character.code_point))
      append_mapped(character.code_point, to_folded, out);
    else
      out += character.bytes;
  });
}

}  // namespace intelia::python
