// See format.hpp. Source: https://docs.python.org/3/library/string.html#formatspec
#include "jinja/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "jinja/functions.hpp"
#include "jinja/text.hpp"

namespace intelia::jinja {

using std::size_t;

namespace {

constexpr size_t kMaxWidth = 10'000;

/** Charges what str() and repr() of `value` cost. */
void charge_printing(Runtime& runtime, const Value& value) {
  constexpr std::int64_t kMaxGrowth = 4;  // "\x01" becomes "\\x01"
  runtime.charge_steps(kStepsOfObject);
  charge_walk(runtime, value);
  if (value.is(Type::string)) charge_repetition(runtime, kMaxGrowth, value.bytes().size());
}

/** `digits` with commas between groups of three before the point. */
std::string with_commas(std::string_view digits) {
  const size_t begin = digits.starts_with('-');
  const size_t end = std::min(digits.find('.'), digits.size());
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > begin && i < end && (end - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

/** Width, precision and kind of a format field, "08.3f". */
Text formatted(const Value& value, std::string_view specification) {
  size_t at = 0;
  std::string fill = " ";
  char alignment = '\0';
  const auto is_alignment = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
  if (!specification.empty()) {
    const size_t first = character_bytes(specification, 0);
    if (first < specification.size() && is_alignment(specification[first])) {
      fill = specification.substr(0, first);
      alignment = specification[first];
      at = first + 1;
    } else if (is_alignment(specification[0])) {
      alignment = specification[0];
      at = 1;
    }
  }
  bool has_plus = false;
  if (at < specification.size() && (specification[at] == '+' || specification[at] == '-'))
    has_plus = specification[at++] == '+';
  if (at < specification.size() && specification[at] == '0') {
    fill = "0";
    if (alignment == '\0') alignment = '=';
    ++at;
  }
  const auto number_at = [&] {
    size_t number = 0;
    while (at < specification.size() && specification[at] >= '0' && specification[at] <= '9') {
      number = number * 10 + static_cast<size_t>(specification[at++] - '0');
      if (number > kMaxWidth) throw RenderError(fmt::format("a format is wider than {}", kMaxWidth));
    }
    return number;
  };
  const size_t width = number_at();
  bool has_commas = false;
  if (at < specification.size() && specification[at] == ',') {
    has_commas = true;
    ++at;
  }
  int precision = -1;
  if (at < specification.size() && specification[at] == '.') {
    ++at;
    precision = static_cast<int>(std::min(number_at(), kMaxWidth));
  }
  const char kind = at < specification.size() ? specification[at++] : '\0';
  if (at != specification.size()) throw RenderError("Invalid format specifier");
  Text body;
  if (value.is_number() && !(value.is(Type::boolean) && kind == '\0')) {
    std::string digits;
    if (kind == 'f' || kind == 'F' || kind == '%') {
      digits =
          fmt::format("{:.{}f}", kind == '%' ? value.as_real() * 100 : value.as_real(), precision < 0 ? 6 : precision);
    } else if (kind == 'e' || kind == 'g' || (precision >= 0 && !value.is_whole())) {
      digits = kind == 'e' ? fmt::format("{:.{}e}", value.as_real(), precision < 0 ? 6 : precision)
                           : fmt::format("{:.{}g}", value.as_real(), precision < 0 ? 6 : precision);
    } else if (kind == 'x') {
      digits = fmt::format("{:x}", value.as_integer());
    } else if (kind == 'X') {
      digits = fmt::format("{:X}", value.as_integer());
    } else if (kind == 'o') {
      digits = fmt::format("{:o}", value.as_integer());
    } else if (kind == 'b') {
      digits = fmt::format("{:b}", value.as_integer());
    } else if (kind == '\0' || kind == 'd') {
      if (kind == 'd' && !value.is_whole()) throw RenderError("Unknown format code 'd' for object of type 'float'");
      digits = value.is_whole() ? value.digits() : repr_of_float(value.as_real());
    } else {
      throw RenderError(fmt::format("Unknown format code '{}' for object of type '{}'", kind, type_name(value)));
    }
    if (has_commas) digits = with_commas(digits);
    if (kind == '%') digits += '%';
    if (has_plus && digits[0] != '-') digits.insert(0, "+");
    if (alignment == '=' && digits.size() < width) {
      digits.insert(digits[0] == '-' || digits[0] == '+', std::string(width - digits.size(), fill[0]));
    }
    body.bytes = std::move(digits);
    if (alignment == '\0') alignment = '>';
  } else {
    if (kind != '\0' && kind != 's') {
      throw RenderError(fmt::format("Unknown format code '{}' for object of type '{}'", kind, type_name(value)));
    }
    body = *to_text(value);
    if (precision >= 0) body = substring(body, 0, byte_offset(body.bytes, static_cast<size_t>(precision)));
  }
  const size_t length = count_code_points(body.bytes);
  if (length >= width) return body;
  const size_t missing = width - length;
  const size_t before = alignment == '>' ? missing : alignment == '^' ? missing / 2 : 0;
  Text out;
  for (size_t i = 0; i < before; ++i) append(out, fill);
  append(out, body);
  for (size_t i = before; i < missing; ++i) append(out, fill);
  return out;
}

}  // namespace

Value format_braces(Runtime& runtime, const Text& format, const CallArguments& arguments) {
  charge_copy(runtime, format);
  Text out;
  size_t automatic = 0;
  const std::string& bytes = format.bytes;
  for (size_t i = 0; i < bytes.size();) {
    if ((bytes[i] == '{' || bytes[i] == '}') && i + 1 < bytes.size() && bytes[i + 1] == bytes[i]) {
      append(out, bytes.substr(i, 1));
      i += 2;
      continue;
    }
    if (bytes[i] == '}') throw RenderError("Single '}' encountered in format string");
    if (bytes[i] != '{') {
      const size_t end = std::min(bytes.find_first_of("{}", i), bytes.size());
      append(out, format, i, end);
      i = end;
      continue;
    }
    const size_t end = bytes.find('}', i);
    if (end == std::string::npos) throw RenderError("expected '}' before end of string");
    std::string field = bytes.substr(i + 1, end - i - 1);
    i = end + 1;
    std::string specification;
    if (const size_t colon = field.find(':'); colon != std::string::npos) {
      specification = field.substr(colon + 1);
      field.resize(colon);
    }
    bool as_repr = false;
    if (const size_t mark = field.find('!'); mark != std::string::npos) {
      as_repr = field.substr(mark + 1) == "r";
      field.resize(mark);
    }
    const size_t path = std::min(field.find_first_of(".["), field.size());
    const std::string head = field.substr(0, path);
    Value value;
    const bool is_number =
        !head.empty() && std::all_of(head.begin(), head.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (head.empty() || is_number) {
      const size_t place = head.empty() ? automatic++ : static_cast<size_t>(parse_integer(head, 10).value_or(1 << 20));
      if (place >= arguments.positional.size()) {
        throw RenderError(fmt::format("Replacement index {} out of range for positional args tuple", place));
      }
      value = arguments.positional[place];
    } else {
      const Value* named = arguments.find(std::numeric_limits<size_t>::max(), head);
      if (named == nullptr) throw RenderError("'" + head + "'");
      value = *named;
    }
    for (size_t at = path; at < field.size();) {
      const bool is_item = field[at] == '[';
      const size_t stop = is_item ? field.find(']', at) : std::min(field.find_first_of(".[", at + 1), field.size());
      if (stop == std::string::npos) throw RenderError("Missing ']' in format string");
      const std::string key = field.substr(at + 1, stop - at - 1);
      const auto number = is_item ? parse_integer(key, 10) : std::nullopt;
      value = is_item ? get_item(runtime, value, number ? Value::integer(*number) : Value::string(key))
                      : get_attribute(runtime, value, key);
      at = stop + is_item;
    }
    charge_printing(runtime, value);
    if (as_repr) {
      Text text;
      append_repr(text, value);
      value = Value::string(std::move(text));
    }
    const Text piece = formatted(value, specification);
    charge_copy(runtime, piece);
    append(out, piece);
  }
  return Value::string(std::move(out));
}

Value format_percent(Runtime& runtime, const Text& format, const std::vector<Value>& values) {
  charge_copy(runtime, format);
  Text out;
  const std::string& bytes = format.bytes;
  size_t used = 0;
  for (size_t i = 0; i < bytes.size();) {
    if (bytes[i] != '%') {
      const size_t end = std::min(bytes.find('%', i), bytes.size());
      append(out, format, i, end);
      i = end;
      continue;
    }
    const size_t begin = ++i;
    while (i < bytes.size() && std::string_view("0123456789.+- #").find(bytes[i]) != std::string_view::npos) ++i;
    if (i >= bytes.size()) throw RenderError("incomplete format");
    std::string specification = bytes.substr(begin, i - begin);
    const char kind = bytes[i++];
    if (kind == '%') {
      append(out, "%");
      continue;
    }
    const Value* value = nullptr;
    if (kind == '(') throw RenderError("formats with names are not supported");
    if (used >= values.size()) throw RenderError("not enough arguments for format string");
    value = &values[used++];
    const bool is_left = !specification.empty() && specification[0] == '-';
    if (is_left) specification[0] = '<';
    Text piece;
    charge_printing(runtime, *value);
    if (kind == 's' || kind == 'r') {
      Text text = *to_text(*value);
      if (kind == 'r') {
        text = {};
        append_repr(text, *value);
      }
      if (!specification.empty() && !is_left) specification.insert(0, ">");
      piece = formatted(Value::string(std::move(text)), specification);
    } else {
      if (!value->is_number()) {
        throw RenderError(fmt::format("%{} format: a real number is required, not {}", kind, type_name(*value)));
      }
      const bool is_whole = kind == 'd' || kind == 'i' || kind == 'u';
      const Value number = is_whole && !value->is_whole() ? Value::integer(truncated(value->as_real())) : *value;
      piece = formatted(number, specification + (is_whole ? 'd' : kind));
    }
    charge_copy(runtime, piece);
    append(out, piece);
  }
  if (used < values.size()) throw RenderError("not all arguments converted during string formatting");
  return Value::string(std::move(out));
}

}  // namespace intelia::jinja
