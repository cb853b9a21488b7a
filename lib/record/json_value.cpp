#include "record/json_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "record/json_fwd.hpp"

namespace intelia {

namespace dom = simdjson::dom;

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_number(char c) { return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

// These walk over text that the parser has found valid.

const char* after_space(const char* text) {
  while (is_space(*text)) ++text;
  return text;
}

const char* after_string(const char* text) {
  for (++text;; text += 2) {
    text += std::strcspn(text, "\"\\");
    if (*text == '"') return text + 1;
  }
}

/** After the value that begins at `text`. */
const char* after_value(const char* text) {
  int depth = 0;
  do {
    text = after_space(text);
    const char c = *text;
    if (c == '"') {
      text = after_string(text);
    } else if (c == '{' || c == '[') {
      ++depth;
      ++text;
    } else if (c == '}' || c == ']') {
      --depth;
      ++text;
    } else if (c == ',' || c == ':') {
      ++text;
    } else {
      while (is_of_number(*text) || (*text >= 'a' && *text <= 'z')) ++text;
    }
  } while (depth > 0);
  return text;
}

/** Calls `take(key, value)` for every member. */
template <class Take>
void for_each_member(const JsonValue& object, const Take& take) {
  dom::object members;
  if (object.element.get(members)) return;
  const char* text = object.text + 1;
  for (const auto& [key, element] : members) {
    text = after_space(after_string(after_space(text)));  // at the colon
    const JsonValue value{element, after_space(text + 1)};
    text = after_space(after_value(value.text)) + 1;  // after a comma or the end
    take(key, value);
  }
}

/** Where the text of member number `place` of an object begins. */
const char* text_of_member(const JsonValue& object, std::size_t place) {
  const char* text = object.text + 1;
  for (;; --place) {
    text = after_space(after_space(after_string(after_space(text))) + 1);  // after the colon
    if (place == 0) return text;
    text = after_space(after_value(text)) + 1;  // after the comma
  }
}

/** The length of the JSON number that `text` begins with; 0 if it begins with none. */
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - begin;
  };
  const auto take = [&](char c) { return at < text.size() && text[at] == c && ++at > 0; };
  take('-');
  const bool begins_with_zero = at < text.size() && text[at] == '0';
  const std::size_t num_digits = digits();
  if (num_digits == 0 || (begins_with_zero && num_digits > 1)) return 0;
  if (take('.') && digits() == 0) return 0;
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    if (digits() == 0) return 0;
  }
  return at < text.size() && is_of_number(text[at]) ? 0 : at;
}

/** `text` with a 0 in place of every long number and every number with an exponent, each value at the same offset. */
std::string with_short_numbers(std::string_view text) {
  constexpr std::size_t kLong = 19;  // digits, from which an integer can exceed 64 bits
  std::string out(text);
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
      ++i;
    } else if (is_of_number(text[i])) {
      const std::size_t length = number_length(text.substr(i));
      const std::string_view number = text.substr(i, length);
      if (length >= kLong || number.find_first_of("eE") != std::string_view::npos) {
        out.replace(i, length, length, ' ');
        out[i] = '0';
      }
      while (i < text.size() && is_of_number(text[i])) ++i;
    } else {
      ++i;
    }
  }
  return out;
}

/** The first of NaN, Infinity and -Infinity, which other programs write as numbers, outside strings; empty: none. */
std::string_view non_number_in(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i)
        if (text[i] == '\\') ++i;
      continue;
    }
    for (const std::string_view word : {"NaN", "Infinity", "-Infinity"})
      if (text.substr(i).starts_with(word)) return word;
  }
  return {};
}

}  // namespace

std::optional<std::string> JsonDocument::parse(std::string_view text) {
  duplicate_key_.clear();
  auto error = parser_.parse(text.data(), text.size(), /*realloc_if_needed=*/true).get(root_.element);
  if (error == simdjson::NUMBER_ERROR) {
    const std::string short_text = with_short_numbers(text);
    error = parser_.parse(short_text.data(), short_text.size(), true).get(root_.element);
  }
  if (error)
    if (const std::string_view word = non_number_in(text); !word.empty())
      return fmt::format("not valid JSON: {} is not a JSON value; write null or a number in its place", word);
  if (error) return fmt::format("not valid JSON: {}", simdjson::error_message(error));
  root_.text = after_space(text.data());
  return std::nullopt;
}

std::vector<JsonMember> JsonDocument::members(const JsonValue& object) {
  constexpr std::size_t kFew = 16;
  std::vector<JsonMember> list;
  std::unordered_map<std::string_view, std::size_t> places;  // of an object with many members
  for_each_member(object, [&](std::string_view key, const JsonValue& value) {
    std::size_t place = list.size();
    if (list.size() < kFew) {
      place = static_cast<std::size_t>(
          std::find_if(list.begin(), list.end(), [&](const JsonMember& one) { return one.key == key; }) - list.begin());
    } else {
      if (places.empty())
        for (std::size_t i = 0; i < list.size(); ++i) places[list[i].key] = i;
      place = places.try_emplace(key, list.size()).first->second;
    }
    if (place == list.size()) {
      list.push_back({key, value});
      return;
    }
    list[place].value = value;
    if (duplicate_key_.empty()) duplicate_key_ = key;
  });
  return list;
}

std::string JsonDocument::id_in(const JsonValue& object, std::string_view key) {
  JsonValue value;
  std::string_view text;
  if (!find(object, key, value)) return {};
  if (value.get(text)) return std::string(text);
  return value.element.is_number() ? std::string(number_text(value)) : std::string();
}

bool JsonDocument::find(const JsonValue& object, std::string_view key, JsonValue& value) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  dom::object members;
  if (object.element.get(members)) return false;
  std::size_t place = 0, found = kNone;
  dom::element element;
  for (const auto& [name, member] : members) {
    if (name == key) {
      if (found != kNone && duplicate_key_.empty()) duplicate_key_ = key;
      found = place;
      element = member;
    }
    ++place;
  }
  if (found == kNone) return false;
  // Only numbers, and what may contain them, need their text: most records have long texts before the other members.
  const bool needs_text = element.is_number() || element.is_array() || element.is_object();
  value = {element, needs_text ? text_of_member(object, found) : nullptr};
  return true;
}

std::vector<JsonValue> JsonDocument::items(const JsonValue& list) const {
  std::vector<JsonValue> values;
  dom::array array;
  if (list.element.get(array)) return values;
  const char* text = list.text + 1;
  for (const dom::element element : array) {
    values.push_back({element, after_space(text)});
    text = after_space(after_value(values.back().text)) + 1;
  }
  return values;
}

void JsonDocument::append(std::string& out, const JsonValue& value) {
  switch (value.element.type()) {
    case dom::element_type::OBJECT: {
      out += '{';
      bool is_first = true;
      for (const JsonMember& member : members(value)) {
        if (!is_first) out += ',';
        is_first = false;
        append_json_string(out, member.key);
        out += ':';
        append(out, member.value);
      }
      out += '}';
      return;
    }
    case dom::element_type::ARRAY: {
      out += '[';
      bool is_first = true;
      for (const JsonValue& item : items(value)) {
        if (!is_first) out += ',';
        is_first = false;
        append(out, item);
      }
      out += ']';
      return;
    }
    case dom::element_type::STRING:
      append_json_string(out, std::string_view(value.element));
      return;
    case dom::element_type::BOOL:
      out += bool(value.element) ? "true" : "false";
      return;
    case dom::element_type::NULL_VALUE:
      out += "null";
      return;
    default:
      out += number_text(value);
  }
}

std::string JsonDocument::plain_text(const JsonValue& value) {
  std::string_view text;
  if (value.get(text)) return std::string(text);
  std::string json;
  append(json, value);
  return json;
}

std::string_view number_text(const JsonValue& number) {
  const char* end = number.text;
  while (is_of_number(*end)) ++end;
  return {number.text, static_cast<std::size_t>(end - number.text)};
}

const char* type_in_words(const JsonValue& value) {
  switch (value.element.type()) {
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

}  // namespace intelia
