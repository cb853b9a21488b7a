#include "record/json_line.hpp"

#include <cmath>

#include "record/exact_json.hpp"
#include "record/json.hpp"
#include "record/json_text.hpp"

namespace intelia {

namespace {

void append(std::string& out, const Json& json) {
  const auto append_string = [&](const Json& text) { out += json_text(text); };
  if (json.is_object()) {
    out += '{';
    bool is_first = true;
    for (const auto& [key, value] : json.items()) {
      if (!is_first) out += ',';
      is_first = false;
      append_string(key);
      out += ':';
      append(out, value);
    }
    out += '}';
  } else if (json.is_array()) {
    out += '[';
    for (const Json& item : json) {
      if (&item != &json.front()) out += ',';
      append(out, item);
    }
    out += ']';
  } else if (const auto digits = large_integer(json)) {
    out += *digits;
  } else if (json.is_number_float() && std::isinf(json.get<double>())) {
    out += json.get<double>() < 0 ? "-1e999" : "1e999";
  } else {
    append_string(json);
  }
}

}  // namespace

std::string json_line(const Json& json) {
  // Outside strings all characters are ASCII.
  std::string line;
  append(line, json);
  for (const auto& [character, escape] :
       {std::pair("\xC2\x85", "\\u0085"), std::pair("\xE2\x80\xA8", "\\u2028"), std::pair("\xE2\x80\xA9", "\\u2029")})
    for (std::size_t at = line.find(character); at != std::string::npos; at = line.find(character, at))
      line.replace(at, std::char_traits<char>::length(character), escape);
  return line + "\n";
}

}  // namespace intelia
