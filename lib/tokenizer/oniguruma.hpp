// The regular expressions of a tokenizer.json, which are Oniguruma's in Ruby syntax, as ones for PCRE2. What the two
// read differently is either written out or refused by name. Private to lib/tokens.
#pragma once

#include <string>

namespace intelia {

/**
 * Throws Error{input} naming the pattern and what in it is not supported. `has_additions`: the pattern also knows the
 * characters of unicode_additions(), which makes it slower; scripts (\p{Han}) stay those of PCRE2's Unicode.
 */
std::string pcre_of_oniguruma(const std::string& pattern, bool has_additions);

}  // namespace intelia
