// "did you mean": the known word that a misspelt one stands for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia {

/** Of `candidates` the one nearest to `word` by edit distance, if it is near enough to be meant; else empty. */
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

/** " (did you mean 'rating'?)" with the nearest word behind `prefix`, or nothing. */
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         std::string_view prefix = "");

}  // namespace intelia
