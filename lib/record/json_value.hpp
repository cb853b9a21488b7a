// A parsed JSON text whose numbers can be copied digit by digit, and the rules for its objects: of a key that occurs
// twice the last value is used, in the place of the first, as in Python and jsonb. For .cpp files only, as it exposes
// simdjson. It does not know what a record is.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intelia {

/** A value and where its text begins (null for a value that contains no number); valid until its document parses again,
    and as long as the text. */
struct JsonValue {
  simdjson::dom::element element;
  const char* text = nullptr;

  bool is_null() const { return element.is_null(); }
  bool is_list() const { return element.is_array(); }
  bool is_object() const { return element.is_object(); }
  /** The content of a string; false for other values. */
  bool get(std::string_view& out) const { return element.get(out) == simdjson::SUCCESS; }
};

struct JsonMember {
  std::string_view key;
  JsonValue value;
};

class JsonDocument {
 public:
  /** Parses `text`, which must outlive its values; returns the fault, "not valid JSON: …", or nothing. A number that
      does not fit 64 bits is valid and reads as 0: see number_text. */
  std::optional<std::string> parse(std::string_view text);
  JsonValue root() const { return root_; }

  /** The members of an object (none of another value), each key once. */
  std::vector<JsonMember> members(const JsonValue& object);
  /** The last value of `key` in an object; false if there is none. */
  bool find(const JsonValue& object, std::string_view key, JsonValue& value);
  /** The value of `key` in an object as an id: a string, or the digits of a number, as other programs write them. Empty
      for other values and without one. */
  std::string id_in(const JsonValue& object, std::string_view key);
  /** The items of a list (none of another value). */
  std::vector<JsonValue> items(const JsonValue& list) const;

  /** A key that occurs twice in an object that was read since the last parse(); empty: none was found. */
  const std::string& duplicate_key() const { return duplicate_key_; }

  /** Appends the value as compact JSON, strings as append_json_string writes them and numbers digit by digit. */
  void append(std::string& out, const JsonValue& value);
  /** The content of a string; any other value as JSON. */
  std::string plain_text(const JsonValue& value);

 private:
  simdjson::dom::parser parser_;
  JsonValue root_;
  std::string duplicate_key_;
};

/** The digits of a number, as they stand in the text. */
std::string_view number_text(const JsonValue& number);

/** "a list", "an object", "a string", "a number", "true or false" or "null". */
const char* type_in_words(const JsonValue& value);

}  // namespace intelia
