// Parses JSON numbers as serde_json does without its float_roundtrip feature, which is how tokenizers is built: up to
// one unit in the last place off the nearest double. That digit decides between equal scores of a Unigram model.
// https://github.com/serde-rs/json/blob/master/src/de.rs. Private to lib/tokenizer.
#pragma once

#include <string_view>

namespace intelia {

/** The value of `number`, which is a JSON number. Throws Error{input} where it is too large. */
double serde_number(std::string_view number);

}  // namespace intelia
