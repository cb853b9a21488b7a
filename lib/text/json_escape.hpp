// The escapes of JSON that have a letter, shared by the writers of JSON.
#pragma once

namespace intelia {

/** The two-character escape of `c` in a JSON string, such as "\\n"; nullptr where JSON has none. */
constexpr const char* short_json_escape(char32_t c) {
  switch (c) {
    case U'"':
      return "\\\"";
    case U'\\':
      return "\\\\";
    case U'\n':
      return "\\n";
    case U'\r':
      return "\\r";
    case U'\t':
      return "\\t";
    case U'\b':
      return "\\b";
    case U'\f':
      return "\\f";
    default:
      return nullptr;
  }
}

}  // namespace intelia
