// JSON as intelia writes it: compact, UTF-8, non-ASCII unescaped. Small documents use nlohmann's class; streams of
// records use simdjson to read (private to the .cpp files) and append_json_string to write.
#pragma once

#include <nlohmann/json.hpp>

#include "record/indexed_map.hpp"
#include "record/json_fwd.hpp"
