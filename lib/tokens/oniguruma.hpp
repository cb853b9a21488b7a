// The regular expressions of a tokenizer.json, which are Oniguruma's in Ruby syntax, as ones for PCRE2. What the two
// read differently is either written out or refused by name. Private to lib/tokens.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

/** Throws Error{input} naming the pattern and what in it is not supported. */
std::string pcre_of_oniguruma(const std::string& pattern);

/** A pattern that matches exactly `text`. */
std::string quoted_for_pcre(std::string_view text);

}  // namespace intelia
