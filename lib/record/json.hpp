// JSON: compact, UTF-8, non-ASCII characters unescaped. nlohmann::json for small documents; for streams of records,
// simdjson to read (private to the .cpp files) and append_json_string to write.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace intelia {

using Json = nlohmann::ordered_json;

/** Appends `text` as a JSON string with its quotes. Control characters, quote, backslash and U+2028/U+2029 are escaped.
 */
void append_json_string(std::string& out, std::string_view text);

/** Appends the shortest decimal that parses to `number`; null for NaN and infinities. */
void append_json_number(std::string& out, double number);

/** Parses a small document; Error{input} "NAME: what is wrong (byte N)". Duplicate keys: the last wins. Depth up to
 * 1024. */
Json parse_json(std::string_view text, const std::string& name);

}  // namespace intelia
