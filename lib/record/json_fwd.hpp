// JSON without nlohmann's class: enough for headers that pass Json by reference and for files that only write JSON.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace intelia {

template <class Key, class T, class Ignored = std::less<Key>, class Allocator = std::allocator<std::pair<const Key, T>>>
class IndexedMap;

/** Objects keep the order of their members. */
using Json = nlohmann::basic_json<IndexedMap>;

/** Appends `text` as a JSON string with its quotes. Control characters, quote, backslash and what some programs take
   for the end of a line (U+0085, U+2028, U+2029) are escaped. */
void append_json_string(std::string& out, std::string_view text);

/** Appends the shortest decimal that reads back as `number`; null for NaN and infinities. */
void append_json_number(std::string& out, double number);

/** Parses a small document; Error{input} "NAME: what is wrong (byte N)". Duplicate keys: the last wins. Depth up to
 * 1024. */
Json parse_json(std::string_view text, const std::string& name);

}  // namespace intelia
