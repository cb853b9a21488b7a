// Access to parsed JSON, shared by the readers of this module. For .cpp files only, as it exposes simdjson.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace intelia::extraction {

/** The last value of `key`, like jsonb. */
inline bool last_value(const simdjson::dom::object& object, std::string_view key, simdjson::dom::element& value) {
  bool is_found = false;
  for (const simdjson::dom::key_value_pair& field : object) {
    if (field.key == key) {
      value = field.value;
      is_found = true;
    }
  }
  return is_found;
}

/** The content of a string; any other value as JSON. */
inline std::string plain_text(const simdjson::dom::element& value) {
  std::string_view text;
  if (!value.get(text)) return std::string(text);
  return simdjson::minify(value);
}

}  // namespace intelia::extraction
