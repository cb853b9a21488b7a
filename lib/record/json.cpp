#include "record/json.hpp"

#include <simdjson.h>

#include <charconv>
#include <cmath>

#include "base/error.hpp"
#include "record/json_text.hpp"
#include "text/json_escape.hpp"

namespace intelia {

void append_json_string(std::string& out, std::string_view text) {
  static const char* const kDigits = "0123456789abcdef";
  out.push_back('"');
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_line_separator = byte == 0xE2 && i + 2 < text.size() && text[i + 1] == '\x80' &&
                                   (text[i + 2] == '\xA8' || text[i + 2] == '\xA9');
    const bool is_next_line = byte == 0xC2 && i + 1 < text.size() && text[i + 1] == '\x85';
    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F && !is_line_separator && !is_next_line) continue;
    out.append(text, copied, i - copied);
    if (const char* escape = short_json_escape(byte)) {
      out += escape;
    } else if (is_next_line) {
      out += "\\u0085";
      ++i;
    } else if (is_line_separator) {
      out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += "\\u00";
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    }
    copied = i + 1;
  }
  out.append(text, copied, std::string_view::npos);
  out.push_back('"');
}

void append_json_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  char buffer[32];
  auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, end);
  if (status != std::errc{}) throw Error(Kind::internal, "a number does not fit its buffer");
}

namespace {

/** Whether parsing could exhaust the stack. */
bool is_too_deep(std::string_view text, int max_depth) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_depth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json parse_json(std::string_view text, const std::string& name) {
  if (is_too_deep(text, 1024)) throw Error(Kind::input, name + ": JSON nested deeper than 1024");
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(Kind::input, name + ": not valid JSON near byte " + std::to_string(error.byte));
  } catch (const nlohmann::json::exception&) {
    throw Error(Kind::input, name + ": not valid JSON");
  }
}

}  // namespace intelia
