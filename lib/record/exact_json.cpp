#include "record/exact_json.hpp"

#include <charconv>
#include <cstdlib>

#include "base/error.hpp"
#include "record/json.hpp"
#include "record/json_value.hpp"

namespace intelia {

namespace {

constexpr std::uint8_t kLargeInteger = 1;  // subtype of a binary value

class Reader {
 public:
  explicit Reader(JsonDocument& document) : document_(document) {}

  Json read(const JsonValue& value) {
    std::string_view text;
    if (value.get(text)) return Json(std::string(text));
    if (value.is_null()) return Json(nullptr);
    if (value.element.is_bool()) return Json(bool(value.element));
    if (value.is_list()) {
      Json list = Json::array();
      for (const JsonValue& item : document_.items(value)) list.push_back(read(item));
      return list;
    }
    if (value.is_object()) {
      Json::object_t object;
      for (const JsonMember& member : document_.members(value))
        object.emplace(std::string(member.key), read(member.value));
      return object;
    }
    return read_number(number_text(value));
  }

 private:
  static Json read_number(std::string_view text) {
    const char* end = text.data() + text.size();
    if (text.find_first_of(".eE") != std::string_view::npos) {
      double number = 0;
      if (std::from_chars(text.data(), end, number).ec == std::errc()) return Json(number);
      return Json(std::strtod(std::string(text).c_str(), nullptr));  // an infinity or a zero
    }
    std::int64_t number = 0;
    if (std::from_chars(text.data(), end, number).ec == std::errc()) return Json(number);
    return Json::binary({text.begin(), text.end()}, kLargeInteger);
  }

  JsonDocument& document_;
};

}  // namespace

Json parse_exact_json(const std::string& text, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  JsonDocument document;
  const std::string_view view = text;
  if (const auto fault = document.parse(view.substr(view.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0))) {
    parse_json(text, name);  // says at which byte
    throw Error(Kind::input, name + ": " + *fault);
  }
  return Reader(document).read(document.root());
}

std::optional<std::string> large_integer(const Json& value) {
  if (!value.is_binary()) return std::nullopt;
  const auto& digits = value.get_binary();
  return std::string(digits.begin(), digits.end());
}

}  // namespace intelia
