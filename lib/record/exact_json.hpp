// JSON documents whose numbers are those that Python's json reads: integers of any size, and an infinity for a number
// beyond the range of a double. nlohmann's class has no such integers; they are binary values that contain their
// digits.
#pragma once

#include <optional>
#include <string>

#include "record/json_fwd.hpp"

namespace intelia {

/** Parses a small document; throws like parse_json. */
Json parse_exact_json(const std::string& text, const std::string& name);

/** The digits, with their sign, of an integer of more than 64 bits in a document of parse_exact_json; nothing for any
    other value. */
std::optional<std::string> large_integer(const Json& value);

}  // namespace intelia
