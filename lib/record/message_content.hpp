// The text of a message's content, in the forms in which clients store it. For .cpp files only, as json_value.hpp.
#pragma once

#include <string>
#include <string_view>

#include "record/json_value.hpp"

namespace intelia {

enum class ContentForm {
  text,
  other_parts,  // a list with other parts than text
  no_text,
};

/** Reads a string, a list of strings and parts ({"type":"text" | "input_text" | "output_text","text"}), which are
   joined in `joined`, or {"parts":[…]}; `text` is set for ContentForm::text and refers to the document or to `joined`.
 */
ContentForm read_content(JsonDocument& document, const JsonValue& content, std::string_view& text, std::string& joined);

}  // namespace intelia
