// Numbers of a JSON text as serde_json reads them without its float_roundtrip feature, which is how tokenizers is
// built: up to one unit in the last place beside the nearest double. Equal scores of a Unigram model tie or do not tie
// by that digit. https://github.com/serde-rs/json/blob/master/src/de.rs. Private to lib/tokens.
#pragma once

#include <string_view>

namespace intelia {

/** The value of `number`, which is a JSON number. Throws Error{input} where it is too large. */
double serde_number(std::string_view number);

}  // namespace intelia
