// Suggestions for misspelt words: "did you mean".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia {

/** The candidate with the smallest edit distance to `word`, if it is small enough for a misspelling; else empty. */
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

/** " (did you mean 'rating'?)" with the nearest word behind `prefix`, or nothing. */
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         std::string_view prefix = "");

}  // namespace intelia
