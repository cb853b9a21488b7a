#include "record/message_content.hpp"

namespace intelia {

namespace {

/** Appends a content part, a string or an object with text; false for other values. */
bool append_part(JsonDocument& document, const JsonValue& part, std::string& joined) {
  std::string_view words, type_text;
  if (part.get(words)) {
    joined += words;
    return true;
  }
  JsonValue type, inside;
  if (!document.find(part, "type", type) || !type.get(type_text) || !document.find(part, "text", inside) ||
      !inside.get(words))
    return false;
  if (type_text != "text" && type_text != "input_text" && type_text != "output_text") return false;
  joined += words;
  return true;
}

}  // namespace

ContentForm read_content(JsonDocument& document, const JsonValue& content, std::string_view& text,
                         std::string& joined) {
  if (content.get(text)) return ContentForm::text;
  JsonValue parts = content, inside;
  if (document.find(content, "parts", inside) && inside.is_list()) parts = inside;
  if (!parts.is_list()) return ContentForm::no_text;
  joined.clear();
  for (const JsonValue& part : document.items(parts))
    if (!append_part(document, part, joined)) return ContentForm::other_parts;
  text = joined;
  return ContentForm::text;
}

}  // namespace intelia
