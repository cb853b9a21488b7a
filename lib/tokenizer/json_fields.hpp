// Reads the parts of a tokenizer.json: fields with a fallback, sequences of parts, and errors for unsupported features.
// Knows JSON and the form "type"/"Sequence", not the meaning of the parts. Private to lib/tokenizer.
#pragma once

#include <simdjson.h>

#include <functional>
#include <string>
#include <string_view>

namespace intelia {

using JsonObject = simdjson::dom::object;

/** Throws Error{input}: `feature` is not supported. */
[[noreturn]] void refuse(const std::string& feature);

/** Whether the field is missing or null. */
bool is_null(const JsonObject& parent, std::string_view key);
std::string text_at(const JsonObject& parent, std::string_view key, std::string_view fallback);
bool flag_at(const JsonObject& parent, std::string_view key, bool fallback);

/** A text of exactly one character, as Rust's char; throws Error{input} otherwise. */
std::string character_at(const JsonObject& parent, std::string_view key, std::string_view fallback);

/** Calls `take` with `part`, or with each of its parts (named `list`) in order when it is a Sequence. */
void for_each_part(const JsonObject& part, std::string_view list, const std::function<void(const JsonObject&)>& take);

}  // namespace intelia
