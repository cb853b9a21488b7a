// One line of a JSON Lines file, from a small document.
#pragma once

#include <string>

#include "record/json_fwd.hpp"

namespace intelia {

/** `json`, which may be one of parse_exact_json, in compact form with a newline. What some programs take for the end of
   a line (U+0085, U+2028, U+2029) is escaped, as append_json_string does; bytes that are not UTF-8 are replaced by
   U+FFFD. */
std::string json_line(const Json& json);

}  // namespace intelia
