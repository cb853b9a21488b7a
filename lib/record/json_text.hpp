// A JSON document as text, for files that may contain the names of other files.
#pragma once

#include <string>

#include "record/json_fwd.hpp"

namespace intelia {

/** `json` as text, compact or with `indent` spaces per level. Bytes that are not UTF-8, such as in the name of a
   folder, are replaced by U+FFFD; Json::dump() would throw. */
std::string json_text(const Json& json, int indent = -1);

}  // namespace intelia
