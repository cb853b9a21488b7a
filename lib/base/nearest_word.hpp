// "did you mean": the known word that a misspelt one stands for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia {

/** Of `candidates` the one nearest to `word` by edit distance, if it is near enough to be meant; else empty. */
std::string nearest_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace intelia
