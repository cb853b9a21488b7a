// Translates the regular expressions of a tokenizer.json (Oniguruma, Ruby syntax) to PCRE2. Constructs that differ are
// rewritten or errors that name them. Private to lib/tokenizer.
#pragma once

#include <string>

namespace intelia {

/**
 * Throws Error{input} naming the pattern and the unsupported construct. `has_additions`: the pattern also knows the
 * characters of unicode_additions(), which makes it slower; scripts (\p{Han}) remain those of PCRE2's Unicode.
 */
std::string pcre_of_oniguruma(const std::string& pattern, bool has_additions);

}  // namespace intelia
