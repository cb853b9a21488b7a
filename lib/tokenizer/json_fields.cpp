// See json_fields.hpp.
#include "tokenizer/json_fields.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "text/utf8.hpp"

namespace intelia {

void refuse(const std::string& feature) { throw Error(Kind::input, feature + " is not supported"); }

bool is_null(const JsonObject& parent, std::string_view key) {
  simdjson::dom::element value;
  return parent[key].get(value) != simdjson::SUCCESS || value.is_null();
}

std::string text_at(const JsonObject& parent, std::string_view key, std::string_view fallback) {
  std::string_view value;
  return std::string(parent[key].get(value) == simdjson::SUCCESS ? value : fallback);
}

bool flag_at(const JsonObject& parent, std::string_view key, bool fallback) {
  bool value = fallback;
  return parent[key].get(value) == simdjson::SUCCESS ? value : fallback;
}

std::string character_at(const JsonObject& parent, std::string_view key, std::string_view fallback) {
  const std::string text = text_at(parent, key, fallback);
  if (count_code_points(text) != 1) {
    throw Error(Kind::input, fmt::format("'{}' must be one character, it is '{}'", key, text));
  }
  return text;
}

void for_each_part(const JsonObject& part, std::string_view list, const std::function<void(const JsonObject&)>& take) {
  constexpr std::size_t kMaxParts = 256;  // each of them works on every text
  std::size_t num_parts = 0;
  const std::function<void(const JsonObject&)> visit = [&](const JsonObject& one) {
    if (++num_parts > kMaxParts) refuse(fmt::format("a sequence of more than {} {}", kMaxParts, list));
    if (text_at(one, "type", "") != "Sequence") return take(one);
    for (const simdjson::dom::element item : simdjson::dom::array(one[list])) visit(item);
  };
  visit(part);
}

}  // namespace intelia
