// Counts in words, in the singular and the plural.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

/** "1 record", "2 records", "0 records". */
template <class Integer>
std::string counted(Integer count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

/** The verb after counted(); the same for the past. */
template <class Integer>
const char* is_or_are(Integer count) {
  return count == 1 ? "is" : "are";
}

template <class Integer>
const char* was_or_were(Integer count) {
  return count == 1 ? "was" : "were";
}

}  // namespace intelia
