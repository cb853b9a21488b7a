// See jinja_functions.hpp.
#include "tokens/jinja_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "tokens/tokenizer.hpp"

namespace intelia::jinja {

namespace {

using std::size_t;

const Text& text_of(const Value& value, TextPtr& keep) {
  keep = to_text(value);
  return *keep;
}

std::string string_argument(const CallArguments& arguments, size_t place, std::string_view name, std::string_view fallback) {
  const Value* value = arguments.find(place, name);
  if (value == nullptr || value->is(Type::none)) return std::string(fallback);
  return to_text(*value)->bytes;
}

bool flag_argument(const CallArguments& arguments, size_t place, std::string_view name, bool fallback) {
  const Value* value = arguments.find(place, name);
  return value == nullptr ? fallback : is_true(*value);
}

std::int64_t integer_argument(const CallArguments& arguments, size_t place, std::string_view name, std::int64_t fallback) {
  const Value* value = arguments.find(place, name);
  if (value == nullptr || value->is(Type::none)) return fallback;
  if (!value->is_whole()) throw RenderError("'" + type_name(*value) + "' object cannot be interpreted as an integer");
  return value->as_integer();
}

const Value& required(const CallArguments& arguments, size_t place, std::string_view name, std::string_view function) {
  const Value* value = arguments.find(place, name);
  if (value == nullptr) throw RenderError(fmt::format("{}() missing required argument '{}'", function, name));
  return *value;
}

const std::string& required_text(const CallArguments& arguments, size_t place, std::string_view function) {
  const Value& value = required(arguments, place, "", function);
  if (!value.is(Type::string)) {
    throw RenderError(fmt::format("{} arg must be str, not {}", function, type_name(value)));
  }
  return value.bytes();
}

// ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────

enum class Side { left = 1, right = 2, both = 3 };

ByteRange stripped(std::string_view text, const std::string* characters, Side side) {
  const auto is_stripped = [&](size_t position, size_t& length) {
    const char32_t c = code_point_at(text, position, length);
    if (characters == nullptr) return is_space(c);
    return characters->find(std::string(text.substr(position, length))) != std::string::npos;
  };
  size_t begin = 0;
  size_t end = text.size();
  size_t length = 1;
  if (static_cast<int>(side) & 1) {
    while (begin < end && is_stripped(begin, length)) begin += length;
  }
  if (static_cast<int>(side) & 2) {
    while (end > begin) {
      size_t last = end - 1;
      while (last > begin && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) --last;
      if (!is_stripped(last, length)) break;
      end = last;
    }
  }
  return {begin, end};
}

Value strip(const Text& text, const Value* characters, Side side) {
  const bool by_space = characters == nullptr || characters->is(Type::none);
  const ByteRange range = stripped(text.bytes, by_space ? nullptr : &to_text(*characters)->bytes, side);
  return Value::string(substring(text, range.begin, range.end));
}

Value replace(Runtime& runtime, const Text& text, const Text& from, const Text& to, std::int64_t count) {
  Text out;
  out.is_safe = text.is_safe;
  size_t position = 0;
  const auto charge = [&] { runtime.charge_bytes(to.bytes.size() + 1); };
  if (from.bytes.empty()) {
    while (count != 0) {
      charge();
      append(out, to);
      --count;
      if (position >= text.bytes.size()) return Value::string(std::move(out));
      const size_t next = position + character_bytes(text.bytes, position);
      append(out, substring(text, position, next));
      position = next;
    }
    append(out, substring(text, position, text.bytes.size()));
    return Value::string(std::move(out));
  }
  while (count != 0) {
    const size_t found = text.bytes.find(from.bytes, position);
    if (found == std::string::npos) break;
    charge();
    append(out, substring(text, position, found));
    append(out, to);
    position = found + from.bytes.size();
    --count;
  }
  if (position == 0) return Value::string(text);
  append(out, substring(text, position, text.bytes.size()));
  return Value::string(std::move(out));
}

Value split(Runtime& runtime, const Text& text, const Value* separator, std::int64_t max_splits, bool from_right) {
  std::vector<ByteRange> parts;
  const std::string& bytes = text.bytes;
  if (separator == nullptr || separator->is(Type::none)) {
    std::vector<ByteRange> words;
    for (size_t i = 0; i < bytes.size();) {
      size_t length = 1;
      if (is_space(code_point_at(bytes, i, length))) {
        i += length;
        continue;
      }
      const size_t begin = i;
      while (i < bytes.size() && !is_space(code_point_at(bytes, i, length))) i += length;
      words.push_back({begin, i});
    }
    parts = words;
    if (max_splits >= 0 && static_cast<size_t>(max_splits) + 1 < words.size()) {
      const auto kept = static_cast<std::ptrdiff_t>(max_splits);
      if (from_right) {
        
        parts.assign(words.end() - kept, words.end());
        const size_t end = words[words.size() - static_cast<size_t>(kept) - 1].end;
        parts.insert(parts.begin(), {words.front().begin, end});
      } else {
        parts.assign(words.begin(), words.begin() + kept);
        parts.push_back({words[static_cast<size_t>(kept)].begin, stripped(bytes, nullptr, Side::right).end});
      }
    }
  } else {
    if (!separator->is(Type::string)) throw RenderError("must be str or None, not " + type_name(*separator));
    const std::string& mark = separator->bytes();
    if (mark.empty()) throw RenderError("empty separator");
    if (from_right) {
      size_t end = bytes.size();
      while (max_splits != 0) {
        const size_t found = end < mark.size() ? std::string::npos : bytes.rfind(mark, end - mark.size());
        if (found == std::string::npos) break;
        parts.push_back({found + mark.size(), end});
        end = found;
        --max_splits;
      }
      parts.push_back({0, end});
      std::reverse(parts.begin(), parts.end());
    } else {
      size_t begin = 0;
      while (max_splits != 0) {
        const size_t found = bytes.find(mark, begin);
        if (found == std::string::npos) break;
        parts.push_back({begin, found});
        begin = found + mark.size();
        --max_splits;
      }
      parts.push_back({begin, bytes.size()});
    }
  }
  runtime.charge_bytes(bytes.size() + parts.size() * 64);
  std::vector<Value> items;
  items.reserve(parts.size());
  for (const ByteRange& part : parts) items.push_back(Value::string(substring(text, part.begin, part.end)));
  return Value::list(std::move(items));
}

bool is_line_end(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

std::vector<Text> split_lines(const Text& text, bool keep_ends) {
  std::vector<Text> lines;
  const std::string& bytes = text.bytes;
  size_t begin = 0;
  for (size_t i = 0; i < bytes.size();) {
    size_t length = 1;
    const char32_t c = code_point_at(bytes, i, length);
    if (!is_line_end(c)) {
      i += length;
      continue;
    }
    size_t next = i + length;
    if (c == '\r' && next < bytes.size() && bytes[next] == '\n') ++next;
    lines.push_back(substring(text, begin, keep_ends ? next : i));
    begin = i = next;
  }
  if (begin < bytes.size()) lines.push_back(substring(text, begin, bytes.size()));
  return lines;
}

Value join(Runtime& runtime, const Text& separator, const std::vector<Value>& items) {
  Text out;
  bool is_first = true;
  for (const Value& item : items) {
    if (!is_first) append(out, separator);
    is_first = false;
    const TextPtr piece = to_text(item);
    runtime.charge_bytes(piece->bytes.size() + separator.bytes.size() + 1);
    append(out, *piece);
  }
  return Value::string(std::move(out));
}

bool is_letter(std::string_view character) {
  return change_case(character, Case::upper) != change_case(character, Case::lower);
}

std::string capitalized(std::string_view text) {
  if (text.empty()) return "";
  const size_t first = character_bytes(text, 0);
  return change_case(text.substr(0, first), Case::upper) + change_case(text.substr(first), Case::lower);
}

/** str.title: a letter after a letter is lower case, any other upper. */
std::string titled(std::string_view text) {
  std::string out;
  bool is_inside = false;
  for (size_t i = 0; i < text.size();) {
    const size_t length = character_bytes(text, i);
    const std::string_view character = text.substr(i, length);
    out += change_case(character, is_inside ? Case::lower : Case::upper);
    is_inside = is_letter(character);
    i += length;
  }
  return out;
}

/** The filter title: words begin after blanks, dashes and opening brackets. */
std::string title_filter(std::string_view text) {
  std::string out;
  bool is_first = true;
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    const char32_t c = code_point_at(text, i, length);
    const std::string_view character = text.substr(i, length);
    const bool is_boundary = is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
    out += is_boundary ? std::string(character) : change_case(character, is_first ? Case::upper : Case::lower);
    is_first = is_boundary;
    i += length;
  }
  return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text, int base) {
  const ByteRange range = stripped(text, nullptr, Side::both);
  std::string digits(text.substr(range.begin, range.end - range.begin));
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  bool is_negative = false;
  size_t at = 0;
  if (at < digits.size() && (digits[at] == '+' || digits[at] == '-')) is_negative = digits[at++] == '-';
  if (at + 1 < digits.size() && digits[at] == '0') {
    const char kind = static_cast<char>(digits[at + 1] | 0x20);
    const int named = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    if (named != 0 && (base == named || base == 0)) {
      at += 2;
      base = named;
    }
  }
  if (base == 0) base = 10;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(digits.data() + at, digits.data() + digits.size(), number, base);
  if (at >= digits.size() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || digits[at] == '-') {
    return std::nullopt;
  }
  return is_negative ? -number : number;
}

std::optional<double> parse_real(std::string_view text) {
  const ByteRange range = stripped(text, nullptr, Side::both);
  std::string digits(text.substr(range.begin, range.end - range.begin));
  const size_t at = !digits.empty() && digits[0] == '+' ? 1 : 0;
  double number = 0;
  const auto parsed = std::from_chars(digits.data() + at, digits.data() + digits.size(), number);
  if (at >= digits.size() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> truncated(double number) {
  if (!(std::fabs(number) < 9.2e18)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

// ── str.format ────────────────────────────────────────────────────────────────────────────────────────────────────

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
  if (at < specification.size() && (specification[at] == '+' || specification[at] == '-')) has_plus = specification[at++] == '+';
  if (at < specification.size() && specification[at] == '0') {
    fill = "0";
    if (alignment == '\0') alignment = '=';
    ++at;
  }
  const auto number_at = [&] {
    size_t number = 0;
    while (at < specification.size() && specification[at] >= '0' && specification[at] <= '9') {
      number = std::min<size_t>(number * 10 + static_cast<size_t>(specification[at++] - '0'), 100000);
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
    precision = static_cast<int>(std::min<size_t>(number_at(), 300));
  }
  const char kind = at < specification.size() ? specification[at++] : '\0';
  if (at != specification.size()) throw RenderError("Invalid format specifier");
  Text body;
  if (value.is_number() && !(value.is(Type::boolean) && kind == '\0')) {
    std::string digits;
    if (kind == 'f' || kind == 'F' || kind == '%') {
      digits = fmt::format("{:.{}f}", kind == '%' ? value.as_real() * 100 : value.as_real(), precision < 0 ? 6 : precision);
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
      digits = value.is_whole() ? std::to_string(value.as_integer()) : repr_of_float(value.as_real());
    } else {
      throw RenderError(fmt::format("Unknown format code '{}' for object of type '{}'", kind, type_name(value)));
    }
    if (has_commas) {
      const size_t begin = digits[0] == '-';
      const size_t end = std::min(digits.find('.'), digits.size());
      for (size_t i = end; i > begin + 3; i -= 3) digits.insert(i - 3, ",");
    }
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

Value format_braces(Runtime& runtime, const Text& format, const CallArguments& arguments) {
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
      append(out, substring(format, i, end));
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
    const bool is_number = !head.empty() && std::all_of(head.begin(), head.end(), [](char c) { return c >= '0' && c <= '9'; });
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
      value = is_item ? get_item(value, number ? Value::integer(*number) : Value::string(key)) : get_attribute(value, key);
      at = stop + is_item;
    }
    if (as_repr) {
      Text text;
      append_repr(text, value);
      value = Value::string(std::move(text));
    }
    const Text piece = formatted(value, specification);
    runtime.charge_bytes(piece.bytes.size());
    append(out, piece);
  }
  return Value::string(std::move(out));
}

}  // namespace

Value format_percent(Runtime& runtime, const Text& format, const std::vector<Value>& values) {
  Text out;
  const std::string& bytes = format.bytes;
  size_t used = 0;
  for (size_t i = 0; i < bytes.size();) {
    if (bytes[i] != '%') {
      const size_t end = std::min(bytes.find('%', i), bytes.size());
      append(out, substring(format, i, end));
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
      const Value number = is_whole ? Value::integer(truncated(value->as_real()).value_or(0)) : *value;
      piece = formatted(is_whole && value->is_whole() ? Value::integer(value->as_integer()) : number,
                        specification + (is_whole ? 'd' : kind));
    }
    runtime.charge_bytes(piece.bytes.size());
    append(out, piece);
  }
  if (used < values.size()) throw RenderError("not all arguments converted during string formatting");
  return Value::string(std::move(out));
}

std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    switch (byte) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\'': out += "&#39;"; break;
      case '"': out += "&#34;"; break;
      default: out += byte;
    }
  }
  return out;
}

// ── attributes and items ──────────────────────────────────────────────────────────────────────────────────────────

namespace {

using Names = std::set<std::string, std::less<>>;

const Names& methods_of(const Value& value) {
  static const Names kText = {
      "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "replace", "upper",
      "lower", "title", "capitalize", "swapcase", "format", "join", "find", "rfind", "index", "rindex",
      "count", "isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower", "removeprefix",
      "removesuffix", "zfill", "ljust", "rjust", "center", "partition", "rpartition", "casefold", "isascii", "expandtabs"};
  static const Names kList = {"index", "count", "copy", "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"};
  static const Names kTuple = {"index", "count"};
  static const Names kDict = {"get", "items", "keys", "values", "copy", "clear", "pop", "popitem", "setdefault", "update", "fromkeys"};
  static const Names kNone;
  switch (value.type()) {
    case Type::string: return kText;
    case Type::list: return kList;
    case Type::tuple: return kTuple;
    case Type::dict: return kDict;
    default: return kNone;
  }
}

bool changes_its_object(Type type, std::string_view name) {
  static const Names kChanging = {"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort", "popitem", "setdefault", "update"};
  return (type == Type::list || type == Type::dict) && kChanging.contains(name);
}

Value unsafe(const Value& object, std::string_view name) {
  return Value::undefined(fmt::format("access to attribute '{}' of '{}' object is unsafe.", name, type_name(object)));
}

std::optional<Value> method_of(const Value& object, const std::string& name) {
  if (!methods_of(object).contains(name)) return std::nullopt;
  if (changes_its_object(object.type(), name)) return unsafe(object, name);
  return Value::object(Type::method, std::make_shared<Method>(Method{object, name}));
}

std::optional<size_t> place_in(std::int64_t index, size_t size) {
  if (index < 0) index += static_cast<std::int64_t>(size);
  if (index < 0 || index >= static_cast<std::int64_t>(size)) return std::nullopt;
  return static_cast<size_t>(index);
}

std::optional<Value> item_of(const Value& object, const Value& key) {
  switch (object.type()) {
    case Type::dict:
      if (const Value* found = find(object, key)) return *found;
      return std::nullopt;
    case Type::list:
    case Type::tuple:
      if (!key.is_whole()) return std::nullopt;
      if (const auto place = place_in(key.as_integer(), object.items().size())) return object.items()[*place];
      return std::nullopt;
    case Type::string: {
      if (!key.is_whole()) return std::nullopt;
      const std::string& bytes = object.bytes();
      const auto place = place_in(key.as_integer(), count_code_points(bytes));
      if (!place) return std::nullopt;
      const size_t begin = byte_offset(bytes, *place);
      return Value::string(substring(object.text(), begin, begin + character_bytes(bytes, begin)));
    }
    case Type::name_space: {
      if (!key.is(Type::string)) return std::nullopt;
      for (const auto& [name, value] : object.data<Namespace>().attributes) {
        if (name == key.bytes()) return value;
      }
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

Value missing(const Value& object, const Value& key) {
  if (key.is(Type::string)) {
    return Value::undefined(fmt::format("{} has no attribute {}", repr_of_string(object_name(object)), repr(key)));
  }
  return Value::undefined(fmt::format("{} has no element {}", object_name(object), repr(key)));
}

}  // namespace

Value get_attribute(const Value& object, const std::string& name) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  if (const auto method = method_of(object, name)) return *method;
  const Value key = Value::string(name);
  if (const auto item = item_of(object, key)) return *item;
  if (name.starts_with("__")) return unsafe(object, name);
  return missing(object, key);
}

Value get_item(const Value& object, const Value& key) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  if (const auto item = item_of(object, key)) return *item;
  if (key.is(Type::string)) {
    if (const auto method = method_of(object, key.bytes())) return *method;
  }
  return missing(object, key);
}

Value get_slice(const Value& object, const Value& start, const Value& stop, const Value& step) {
  if (object.is(Type::undefined)) throw RenderError(object.undefined_message());
  if (!object.is(Type::string) && !object.is(Type::list) && !object.is(Type::tuple)) {
    return Value::undefined(fmt::format("{} cannot be sliced", object_name(object)));
  }
  const auto bound = [](const Value& value, std::int64_t fallback) {
    if (value.is(Type::none)) return fallback;
    if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
    if (!value.is_whole()) throw RenderError("slice indices must be integers or None or have an __index__ method");
    return value.as_integer();
  };
  const std::int64_t size = length_of(object);
  const std::int64_t stride = bound(step, 1);
  if (stride == 0) throw RenderError("slice step cannot be zero");
  const auto clamp = [&](std::int64_t index) {
    if (index < 0) index += size;
    return stride > 0 ? std::clamp<std::int64_t>(index, 0, size) : std::clamp<std::int64_t>(index, -1, size - 1);
  };
  const std::int64_t first = start.is(Type::none) ? (stride > 0 ? 0 : size - 1) : clamp(bound(start, 0));
  const std::int64_t last = stop.is(Type::none) ? (stride > 0 ? size : -1) : clamp(bound(stop, 0));
  if (object.is(Type::string)) {
    const Text& text = object.text();
    if (stride == 1) {
      const size_t begin = byte_offset(text.bytes, static_cast<size_t>(first));
      const size_t end = first < last ? begin + byte_offset(std::string_view(text.bytes).substr(begin), static_cast<size_t>(last - first)) : begin;
      return Value::string(substring(text, begin, end));
    }
    const std::vector<Value> characters = iterate(object);
    Text out;
    for (std::int64_t i = first; stride > 0 ? i < last : i > last; i += stride) append(out, characters[static_cast<size_t>(i)].text());
    return Value::string(std::move(out));
  }
  std::vector<Value> items;
  for (std::int64_t i = first; stride > 0 ? i < last : i > last; i += stride) items.push_back(object.items()[static_cast<size_t>(i)]);
  return Value::list(std::move(items), object.type());
}

// ── methods ───────────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

Value pairs_of(const Value& dict) {
  std::vector<Value> items;
  for (const auto& [key, value] : dict.pairs()) items.push_back(Value::list({key, value}, Type::tuple));
  return Value::list(std::move(items));
}

bool matches_affix(const Text& text, const Value& affix, bool at_start, std::string_view function) {
  const auto one = [&](const Value& value) {
    if (!value.is(Type::string)) {
      throw RenderError(fmt::format("{} first arg must be str or a tuple of str, not {}", function, type_name(value)));
    }
    return at_start ? text.bytes.starts_with(value.bytes()) : text.bytes.ends_with(value.bytes());
  };
  if (!affix.is(Type::tuple)) return one(affix);
  return std::any_of(affix.items().begin(), affix.items().end(), one);
}

bool all_characters(std::string_view text, const std::function<bool(char32_t, std::string_view)>& holds) {
  if (text.empty()) return false;
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    const char32_t c = code_point_at(text, i, length);
    if (!holds(c, text.substr(i, length))) return false;
    i += length;
  }
  return true;
}

Value padded(Runtime& runtime, const Text& text, const CallArguments& arguments, char alignment) {
  const std::int64_t width = integer_argument(arguments, 0, "", 0);
  const std::string fill = string_argument(arguments, 1, "", " ");
  const auto length = static_cast<std::int64_t>(count_code_points(text.bytes));
  if (width <= length) return Value::string(text);
  const std::int64_t missing = width - length;
  runtime.charge_bytes(static_cast<size_t>(missing) * fill.size());
  // CPython puts the odd blank of center() on the left when the width is odd.
  const std::int64_t before = alignment == '>' ? missing : alignment == '<' ? 0 : missing / 2 + (missing & width & 1);
  Text out;
  for (std::int64_t i = 0; i < before; ++i) append(out, fill);
  append(out, text);
  for (std::int64_t i = before; i < missing; ++i) append(out, fill);
  return Value::string(std::move(out));
}

Value call_text_method(Runtime& runtime, const Text& text, const std::string& name, const CallArguments& arguments) {
  const std::string& bytes = text.bytes;
  if (name == "strip") return strip(text, arguments.find(0, ""), Side::both);
  if (name == "lstrip") return strip(text, arguments.find(0, ""), Side::left);
  if (name == "rstrip") return strip(text, arguments.find(0, ""), Side::right);
  if (name == "split" || name == "rsplit") {
    return split(runtime, text, arguments.find(0, "sep"), integer_argument(arguments, 1, "maxsplit", -1), name == "rsplit");
  }
  if (name == "splitlines") {
    std::vector<Value> lines;
    for (Text& line : split_lines(text, flag_argument(arguments, 0, "keepends", false))) lines.push_back(Value::string(std::move(line)));
    return Value::list(std::move(lines));
  }
  if (name == "startswith" || name == "endswith") {
    return Value::boolean(matches_affix(text, required(arguments, 0, "prefix", name), name == "startswith", name));
  }
  if (name == "replace") {
    required_text(arguments, 0, "replace");
    required_text(arguments, 1, "replace");
    return replace(runtime, text, arguments.positional[0].text(), arguments.positional[1].text(), integer_argument(arguments, 2, "count", -1));
  }
  if (name == "upper") return Value::string(with_bytes(text, change_case(bytes, Case::upper)));
  if (name == "lower" || name == "casefold") return Value::string(with_bytes(text, change_case(bytes, Case::lower)));
  if (name == "title") return Value::string(with_bytes(text, titled(bytes)));
  if (name == "capitalize") return Value::string(with_bytes(text, capitalized(bytes)));
  if (name == "swapcase") {
    std::string out;
    for (size_t i = 0; i < bytes.size();) {
      const size_t length = character_bytes(bytes, i);
      const std::string character = bytes.substr(i, length);
      const std::string upper = change_case(character, Case::upper);
      out += upper == character ? change_case(character, Case::lower) : upper;
      i += length;
    }
    return Value::string(with_bytes(text, std::move(out)));
  }
  if (name == "format") return format_braces(runtime, text, arguments);
  if (name == "join") {
    const std::vector<Value> items = iterate(required(arguments, 0, "iterable", "join"));
    for (size_t i = 0; i < items.size(); ++i) {
      if (!items[i].is(Type::string)) {
        throw RenderError(fmt::format("sequence item {}: expected str instance, {} found", i, type_name(items[i])));
      }
    }
    return join(runtime, text, items);
  }
  if (name == "find" || name == "rfind" || name == "index" || name == "rindex") {
    const std::string& wanted = required_text(arguments, 0, name);
    const bool from_right = name[0] == 'r';
    const size_t begin = byte_offset(bytes, static_cast<size_t>(std::max<std::int64_t>(0, integer_argument(arguments, 1, "", 0))));
    size_t found = from_right ? bytes.rfind(wanted) : bytes.find(wanted, begin);
    if (from_right && found != std::string::npos && found < begin) found = std::string::npos;
    if (found == std::string::npos) {
      if (name.ends_with("index")) throw RenderError("substring not found");
      return Value::integer(-1);
    }
    return Value::integer(static_cast<std::int64_t>(count_code_points(std::string_view(bytes).substr(0, found))));
  }
  if (name == "count") {
    const std::string& wanted = required_text(arguments, 0, name);
    if (wanted.empty()) return Value::integer(static_cast<std::int64_t>(count_code_points(bytes)) + 1);
    std::int64_t count = 0;
    for (size_t at = bytes.find(wanted); at != std::string::npos; at = bytes.find(wanted, at + wanted.size())) ++count;
    return Value::integer(count);
  }
  if (name == "isdigit" || name == "isdecimal" || name == "isnumeric") {
    return Value::boolean(all_characters(bytes, [](char32_t c, std::string_view) { return c >= '0' && c <= '9'; }));
  }
  if (name == "isalpha" || name == "isalnum") {
    const bool with_digits = name == "isalnum";
    return Value::boolean(all_characters(bytes, [&](char32_t c, std::string_view character) {
      return is_letter(character) || (with_digits && c >= '0' && c <= '9');
    }));
  }
  if (name == "isspace") return Value::boolean(all_characters(bytes, [](char32_t c, std::string_view) { return is_space(c); }));
  if (name == "isascii") {
    return Value::boolean(std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  }
  if (name == "isupper" || name == "islower") {
    const std::string upper = change_case(bytes, Case::upper);
    const std::string lower = change_case(bytes, Case::lower);
    return Value::boolean(upper != lower && bytes == (name == "isupper" ? upper : lower));
  }
  if (name == "removeprefix" || name == "removesuffix") {
    const std::string& affix = required_text(arguments, 0, name);
    if (name == "removeprefix" && bytes.starts_with(affix)) return Value::string(substring(text, affix.size(), bytes.size()));
    if (name == "removesuffix" && bytes.ends_with(affix)) return Value::string(substring(text, 0, bytes.size() - affix.size()));
    return Value::string(text);
  }
  if (name == "zfill") {
    const std::int64_t width = integer_argument(arguments, 0, "width", 0);
    const auto length = static_cast<std::int64_t>(count_code_points(bytes));
    if (width <= length) return Value::string(text);
    runtime.charge_bytes(static_cast<size_t>(width));
    const size_t sign = !bytes.empty() && (bytes[0] == '-' || bytes[0] == '+');
    Text out = substring(text, 0, sign);
    append(out, std::string(static_cast<size_t>(width - length), '0'));
    append(out, substring(text, sign, bytes.size()));
    return Value::string(std::move(out));
  }
  if (name == "ljust") return padded(runtime, text, arguments, '<');
  if (name == "rjust") return padded(runtime, text, arguments, '>');
  if (name == "center") return padded(runtime, text, arguments, '^');
  if (name == "partition" || name == "rpartition") {
    const std::string& mark = required_text(arguments, 0, name);
    if (mark.empty()) throw RenderError("empty separator");
    const bool from_right = name[0] == 'r';
    const size_t found = from_right ? bytes.rfind(mark) : bytes.find(mark);
    const Value empty = Value::string("");
    if (found == std::string::npos) {
      return Value::list(from_right ? std::vector<Value>{empty, empty, Value::string(text)} : std::vector<Value>{Value::string(text), empty, empty},
                         Type::tuple);
    }
    return Value::list({Value::string(substring(text, 0, found)), Value::string(mark),
                        Value::string(substring(text, found + mark.size(), bytes.size()))},
                       Type::tuple);
  }
  throw RenderError("the method str." + name + " is not supported");
}

}  // namespace

Value call_method(Runtime& runtime, const Value& self, const std::string& name, const CallArguments& arguments) {
  runtime.charge_steps(1);
  if (self.is(Type::string)) return call_text_method(runtime, self.text(), name, arguments);
  if (self.is(Type::dict)) {
    runtime.charge_steps(static_cast<std::int64_t>(self.pairs().size()));
    if (name == "get") {
      if (const Value* found = find(self, required(arguments, 0, "key", "get"))) return *found;
      const Value* fallback = arguments.find(1, "default");
      return fallback != nullptr ? *fallback : Value::none();
    }
    if (name == "items") return pairs_of(self);
    if (name == "keys") return Value::list(iterate(self));
    if (name == "values") {
      std::vector<Value> values;
      for (const auto& item : self.pairs()) values.push_back(item.second);
      return Value::list(std::move(values));
    }
    if (name == "copy") return self;
  }
  if (self.is(Type::list) || self.is(Type::tuple)) {
    runtime.charge_steps(static_cast<std::int64_t>(self.items().size()));
    if (name == "copy") return self;
    const Value& wanted = required(arguments, 0, "value", name);
    if (name == "count") {
      return Value::integer(std::count_if(self.items().begin(), self.items().end(), [&](const Value& item) { return equal(item, wanted); }));
    }
    if (name == "index") {
      const auto found = std::find_if(self.items().begin(), self.items().end(), [&](const Value& item) { return equal(item, wanted); });
      if (found == self.items().end()) throw RenderError(repr(wanted) + " is not in list");
      return Value::integer(found - self.items().begin());
    }
  }
  throw RenderError(fmt::format("the method {}.{} is not supported", type_name(self), name));
}

// ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────────

namespace {

using Test = bool (*)(Runtime&, const Value&, const CallArguments&);

const Value& other(const CallArguments& arguments) { return required(arguments, 0, "other", "test"); }

std::int64_t whole(const Value& value) {
  if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
  if (!value.is_whole()) throw RenderError("not all arguments converted during string formatting");
  return value.as_integer();
}

bool is_callable(const Value& value) {
  return value.is(Type::macro) || value.is(Type::function) || value.is(Type::method) || value.is(Type::undefined) || value.is(Type::loop);
}

const std::map<std::string, Test, std::less<>>& tests() {
  static const std::map<std::string, Test, std::less<>> kTests = [] {
    std::map<std::string, Test, std::less<>> table;
    table["defined"] = [](Runtime&, const Value& v, const CallArguments&) { return !v.is(Type::undefined); };
    table["undefined"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::undefined); };
    table["none"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::none); };
    table["true"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::boolean) && v.as_integer() != 0; };
    table["false"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::boolean) && v.as_integer() == 0; };
    table["boolean"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::boolean); };
    table["integer"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::integer); };
    table["float"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::real); };
    table["number"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is_number(); };
    table["string"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::string); };
    table["mapping"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::dict); };
    table["iterable"] = [](Runtime&, const Value& v, const CallArguments&) {
      return v.is(Type::string) || v.is_list_like() || v.is(Type::dict) || v.is(Type::undefined) || v.is(Type::loop);
    };
    table["sequence"] = [](Runtime&, const Value& v, const CallArguments&) {
      return v.is(Type::string) || v.is(Type::list) || v.is(Type::tuple) || v.is(Type::dict) || v.is(Type::undefined);
    };
    table["callable"] = [](Runtime&, const Value& v, const CallArguments&) { return is_callable(v); };
    table["escaped"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::string) && v.text().is_safe; };
    table["odd"] = [](Runtime&, const Value& v, const CallArguments&) { return whole(v) % 2 != 0; };
    table["even"] = [](Runtime&, const Value& v, const CallArguments&) { return whole(v) % 2 == 0; };
    table["divisibleby"] = [](Runtime&, const Value& v, const CallArguments& a) {
      const std::int64_t divisor = whole(required(a, 0, "num", "divisibleby"));
      if (divisor == 0) throw RenderError("integer modulo by zero");
      return divisor == -1 || whole(v) % divisor == 0;
    };
    table["lower"] = [](Runtime&, const Value& v, const CallArguments&) {
      const std::string text = to_text(v)->bytes;
      return change_case(text, Case::lower) == text && change_case(text, Case::upper) != text;
    };
    table["upper"] = [](Runtime&, const Value& v, const CallArguments&) {
      const std::string text = to_text(v)->bytes;
      return change_case(text, Case::upper) == text && change_case(text, Case::lower) != text;
    };
    table["sameas"] = [](Runtime&, const Value& v, const CallArguments& a) {
      const Value& o = other(a);
      if (v.type() != o.type() || v.is(Type::undefined)) return false;
      return v.identity() != nullptr && !v.is(Type::string) ? v.identity() == o.identity() : equal(v, o);
    };
    table["in"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      const Value& container = required(a, 0, "seq", "in");
      if (container.is_list_like()) r.charge_steps(static_cast<std::int64_t>(container.items().size()));
      return contains(container, v);
    };
    table["filter"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::string) && is_filter(v.bytes()); };
    table["test"] = [](Runtime&, const Value& v, const CallArguments&) { return v.is(Type::string) && is_test(v.bytes()); };
    const Test is_equal = [](Runtime&, const Value& v, const CallArguments& a) { return equal(v, other(a)); };
    const Test is_unequal = [](Runtime&, const Value& v, const CallArguments& a) { return !equal(v, other(a)); };
    const Test is_less = [](Runtime&, const Value& v, const CallArguments& a) { return compare(v, other(a), "<") < 0; };
    const Test is_at_most = [](Runtime&, const Value& v, const CallArguments& a) { return compare(v, other(a), "<=") <= 0; };
    const Test is_more = [](Runtime&, const Value& v, const CallArguments& a) { return compare(v, other(a), ">") > 0; };
    const Test is_at_least = [](Runtime&, const Value& v, const CallArguments& a) { return compare(v, other(a), ">=") >= 0; };
    for (const char* name : {"eq", "equalto", "=="}) table[name] = is_equal;
    for (const char* name : {"ne", "!="}) table[name] = is_unequal;
    for (const char* name : {"lt", "lessthan", "<"}) table[name] = is_less;
    for (const char* name : {"le", "<="}) table[name] = is_at_most;
    for (const char* name : {"gt", "greaterthan", ">"}) table[name] = is_more;
    for (const char* name : {"ge", ">="}) table[name] = is_at_least;
    return table;
  }();
  return kTests;
}

// ── filters ───────────────────────────────────────────────────────────────────────────────────────────────────────

using Filter = Value (*)(Runtime&, const Value&, const CallArguments&);

/** The value of `attribute` ("name", "a.b", 0, "0") of `item`, as filters look it up. */
Value attribute_of(const Value& item, const Value& attribute) {
  if (attribute.is_whole()) return get_item(item, attribute);
  const std::string path = to_text(attribute)->bytes;
  Value value = item;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    const bool is_number = !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    value = get_item(value, is_number ? Value::integer(parse_integer(part, 10).value_or(0)) : Value::string(part));
    begin = end + 1;
  }
  return value;
}

/** What sort, min, max and unique compare: strings without case unless asked. */
Value sort_key(const Value& item, const Value* attribute, bool is_case_sensitive) {
  Value key = attribute == nullptr || attribute->is(Type::none) ? item : attribute_of(item, *attribute);
  if (!is_case_sensitive && key.is(Type::string)) return Value::string(change_case(key.bytes(), Case::lower));
  return key;
}

std::vector<Value> charged_items(Runtime& runtime, const Value& input) {
  std::vector<Value> items = iterate(input);
  runtime.charge_steps(static_cast<std::int64_t>(items.size()));
  return items;
}

Value extreme(Runtime& runtime, const Value& input, const CallArguments& arguments, int sign) {
  const std::vector<Value> items = charged_items(runtime, input);
  if (items.empty()) return Value::undefined("No aggregated item, sequence was empty.");
  const bool is_case_sensitive = flag_argument(arguments, 0, "case_sensitive", false);
  const Value* attribute = arguments.find(1, "attribute");
  size_t best = 0;
  Value best_key = sort_key(items[0], attribute, is_case_sensitive);
  for (size_t i = 1; i < items.size(); ++i) {
    const Value key = sort_key(items[i], attribute, is_case_sensitive);
    if (sign * compare(key, best_key, sign > 0 ? ">" : "<") > 0) {
      best = i;
      best_key = key;
    }
  }
  return items[best];
}

void stable_sort_by(std::vector<Value>& items, const std::function<Value(const Value&)>& key_of, bool is_reversed) {
  std::vector<std::pair<Value, Value>> keyed;
  for (Value& item : items) keyed.emplace_back(key_of(item), item);
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& left, const auto& right) {
    return is_reversed ? compare(right.first, left.first, "<") < 0 : compare(left.first, right.first, "<") < 0;
  });
  for (size_t i = 0; i < items.size(); ++i) items[i] = std::move(keyed[i].second);
}

CallArguments rest_of(const CallArguments& arguments, size_t from) {
  CallArguments rest;
  for (size_t i = from; i < arguments.positional.size(); ++i) rest.positional.push_back(arguments.positional[i]);
  rest.named = arguments.named;
  return rest;
}

Value selected(Runtime& runtime, const Value& input, const CallArguments& arguments, bool by_attribute, bool keeps_matches) {
  // Jinja2 looks at nothing that is false, None among them.
  const std::vector<Value> items = is_true(input) ? charged_items(runtime, input) : std::vector<Value>{};
  const size_t test_at = by_attribute;
  if (by_attribute && arguments.positional.empty()) throw RenderError("Missing parameter for attribute name");
  const bool has_test = arguments.positional.size() > test_at;
  const std::string test = has_test ? to_text(arguments.positional[test_at])->bytes : "";
  const CallArguments rest = has_test ? rest_of(arguments, test_at + 1) : CallArguments{};
  std::vector<Value> kept;
  for (const Value& item : items) {
    const Value value = by_attribute ? attribute_of(item, arguments.positional[0]) : item;
    const bool matches = has_test ? apply_test(runtime, test, value, rest) : is_true(value);
    if (matches == keeps_matches) kept.push_back(item);
  }
  return Value::list(std::move(kept), Type::generator);
}

Value add_up(const Value& left, const Value& right) {
  if (!left.is_number() || !right.is_number()) {
    const Value& fault = left.is_number() ? right : left;
    if (fault.is(Type::undefined)) throw RenderError(fault.undefined_message());
    throw RenderError(fmt::format("unsupported operand type(s) for +: '{}' and '{}'", type_name(left), type_name(right)));
  }
  if (!left.is_whole() || !right.is_whole()) return Value::real(left.as_real() + right.as_real());
  std::int64_t sum = 0;
  if (__builtin_add_overflow(left.as_integer(), right.as_integer(), &sum)) throw RenderError("a number does not fit in 64 bits");
  return Value::integer(sum);
}

JsonStyle json_style(const CallArguments& arguments) {
  JsonStyle style;
  style.ensure_ascii = flag_argument(arguments, 0, "ensure_ascii", false);
  if (const Value* indent = arguments.find(1, "indent"); indent != nullptr && !indent->is(Type::none)) {
    if (indent->is(Type::string)) {
      style.indent = -2;
      style.indent_text = indent->bytes();
    } else {
      style.indent = static_cast<int>(std::clamp<std::int64_t>(integer_argument(arguments, 1, "indent", 0), 0, 64));
    }
    style.item_separator = ",";
  }
  if (const Value* separators = arguments.find(2, "separators"); separators != nullptr && !separators->is(Type::none)) {
    const std::vector<Value> both = iterate(*separators);
    if (both.size() != 2) throw RenderError("separators must be a pair");
    style.item_separator = to_text(both[0])->bytes;
    style.key_separator = to_text(both[1])->bytes;
  }
  style.sort_keys = flag_argument(arguments, 3, "sort_keys", false);
  return style;
}

Value indented(Runtime& runtime, const Text& text, const CallArguments& arguments) {
  const Value* width = arguments.find(0, "width");
  const bool is_text = width != nullptr && width->is(Type::string);
  const std::string indent = is_text ? width->bytes()
                                     : std::string(static_cast<size_t>(std::clamp<std::int64_t>(integer_argument(arguments, 0, "width", 4), 0, 10000)), ' ');
  const bool indents_first = flag_argument(arguments, 1, "first", false);
  const bool indents_blank = flag_argument(arguments, 2, "blank", false);
  Text source = text;
  append(source, "\n");
  const std::vector<Text> lines = split_lines(source, false);
  runtime.charge_bytes(lines.size() * (indent.size() + 1) + text.bytes.size());
  Text out;
  if (indents_first) append(out, indent);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) append(out, "\n");
    if (i > 0 && (indents_blank || !lines[i].bytes.empty())) append(out, indent);
    append(out, lines[i]);
  }
  return Value::string(std::move(out));
}

Value truncated_text(const Text& text, const CallArguments& arguments) {
  const auto length = static_cast<size_t>(std::max<std::int64_t>(0, integer_argument(arguments, 0, "length", 255)));
  const bool kills_words = flag_argument(arguments, 1, "killwords", false);
  const std::string end = string_argument(arguments, 2, "end", "...");
  const auto leeway = static_cast<size_t>(std::max<std::int64_t>(0, integer_argument(arguments, 3, "leeway", 5)));
  if (count_code_points(text.bytes) <= length + leeway) return Value::string(text);
  const size_t end_length = count_code_points(end);
  Text cut = substring(text, 0, byte_offset(text.bytes, length - std::min(length, end_length)));
  if (!kills_words) {
    const size_t blank = cut.bytes.rfind(' ');
    if (blank != std::string::npos) cut = substring(cut, 0, blank);
  }
  append(cut, end);
  return Value::string(std::move(cut));
}

Value to_integer(const Value& value, const CallArguments& arguments) {
  const Value fallback = arguments.find(0, "default") ? *arguments.find(0, "default") : Value::integer(0);
  if (value.is_whole()) return Value::integer(value.as_integer());
  if (value.is(Type::real)) {
    const auto number = truncated(value.as_real());
    return number ? Value::integer(*number) : fallback;
  }
  if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
  if (!value.is(Type::string)) return fallback;
  if (const auto number = parse_integer(value.bytes(), static_cast<int>(integer_argument(arguments, 1, "base", 10)))) return Value::integer(*number);
  const auto real = parse_real(value.bytes());
  const auto number = real ? truncated(*real) : std::nullopt;
  return number ? Value::integer(*number) : fallback;
}

Value rounded(const Value& value, const CallArguments& arguments) {
  if (!value.is_number()) throw RenderError("type " + type_name(value) + " doesn't define __round__ method");
  const std::int64_t precision = integer_argument(arguments, 0, "precision", 0);
  const std::string method = string_argument(arguments, 1, "method", "common");
  const double scale = std::pow(10.0, static_cast<double>(precision));
  if (method == "ceil") return Value::real(std::ceil(value.as_real() * scale) / scale);
  if (method == "floor") return Value::real(std::floor(value.as_real() * scale) / scale);
  if (method != "common") throw RenderError("method must be common, ceil or floor");
  if (precision < 0 || precision > 17) return Value::real(std::nearbyint(value.as_real() * scale) / scale);
  double result = 0;
  const std::string digits = fmt::format("{:.{}f}", value.as_real(), precision);
  std::from_chars(digits.data(), digits.data() + digits.size(), result);
  return Value::real(result);
}

const std::map<std::string, Filter, std::less<>>& filters() {
  static const std::map<std::string, Filter, std::less<>> kFilters = [] {
    std::map<std::string, Filter, std::less<>> table;
    table["trim"] = [](Runtime&, const Value& v, const CallArguments& a) {
      TextPtr keep;
      return strip(text_of(v, keep), a.find(0, "chars"), Side::both);
    };
    table["upper"] = [](Runtime&, const Value& v, const CallArguments&) {
      TextPtr keep;
      const Text& text = text_of(v, keep);
      return Value::string(with_bytes(text, change_case(text.bytes, Case::upper)));
    };
    table["lower"] = [](Runtime&, const Value& v, const CallArguments&) {
      TextPtr keep;
      const Text& text = text_of(v, keep);
      return Value::string(with_bytes(text, change_case(text.bytes, Case::lower)));
    };
    table["capitalize"] = [](Runtime&, const Value& v, const CallArguments&) {
      TextPtr keep;
      const Text& text = text_of(v, keep);
      return Value::string(with_bytes(text, capitalized(text.bytes)));
    };
    table["title"] = [](Runtime&, const Value& v, const CallArguments&) {
      TextPtr keep;
      const Text& text = text_of(v, keep);
      return Value::string(with_bytes(text, title_filter(text.bytes)));
    };
    table["string"] = [](Runtime& r, const Value& v, const CallArguments&) {
      TextPtr text = to_text(v);
      if (!v.is(Type::string)) r.charge_bytes(text->bytes.size());
      return Value::string(std::move(text));
    };
    table["safe"] = [](Runtime&, const Value& v, const CallArguments&) {
      Text text = *to_text(v);
      text.is_safe = true;
      return Value::string(std::move(text));
    };
    const Filter escape = [](Runtime& r, const Value& v, const CallArguments&) {
      TextPtr keep;
      const Text& text = text_of(v, keep);
      r.charge_bytes(text.bytes.size() * 2);
      Text escaped = text.is_safe ? text : with_bytes(text, escape_markup(text.bytes));
      escaped.is_safe = true;
      return Value::string(std::move(escaped));
    };
    for (const char* name : {"escape", "e"}) table[name] = escape;
    const Filter length = [](Runtime&, const Value& v, const CallArguments&) { return Value::integer(length_of(v)); };
    for (const char* name : {"length", "count"}) table[name] = length;
    const Filter fallback = [](Runtime&, const Value& v, const CallArguments& a) {
      const bool for_false = flag_argument(a, 1, "boolean", false);
      if (!v.is(Type::undefined) && !(for_false && !is_true(v))) return v;
      const Value* value = a.find(0, "default_value");
      return value != nullptr ? *value : Value::string("");
    };
    for (const char* name : {"default", "d"}) table[name] = fallback;
    table["join"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      std::vector<Value> items = charged_items(r, v);
      if (const Value* attribute = a.find(1, "attribute"); attribute != nullptr && !attribute->is(Type::none)) {
        for (Value& item : items) item = attribute_of(item, *attribute);
      }
      const Value* separator = a.find(0, "d");
      return join(r, separator == nullptr ? Text{} : *to_text(*separator), items);
    };
    table["list"] = [](Runtime& r, const Value& v, const CallArguments&) { return Value::list(charged_items(r, v)); };
    table["first"] = [](Runtime& r, const Value& v, const CallArguments&) {
      const std::vector<Value> items = charged_items(r, v);
      return items.empty() ? Value::undefined("No first item, sequence was empty.") : items.front();
    };
    table["last"] = [](Runtime& r, const Value& v, const CallArguments&) {
      const std::vector<Value> items = charged_items(r, v);
      return items.empty() ? Value::undefined("No last item, sequence was empty.") : items.back();
    };
    table["reverse"] = [](Runtime& r, const Value& v, const CallArguments&) {
      std::vector<Value> items = charged_items(r, v);
      std::reverse(items.begin(), items.end());
      return v.is(Type::string) ? join(r, Text{}, items) : Value::list(std::move(items), Type::generator);
    };
    table["replace"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      return replace(r, *to_text(v), *to_text(required(a, 0, "old", "replace")), *to_text(required(a, 1, "new", "replace")),
                     integer_argument(a, 2, "count", -1));
    };
    table["items"] = [](Runtime& r, const Value& v, const CallArguments&) {
      if (v.is(Type::undefined)) return Value::list({}, Type::generator);
      if (!v.is(Type::dict)) throw RenderError("Can only get item pairs from a mapping.");
      r.charge_steps(static_cast<std::int64_t>(v.pairs().size()));
      return Value::list(pairs_of(v).items(), Type::generator);
    };
    table["dictsort"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      if (!v.is(Type::dict)) throw RenderError("'" + type_name(v) + "' object has no attribute 'items'");
      r.charge_steps(static_cast<std::int64_t>(v.pairs().size()) * 8);
      const bool is_case_sensitive = flag_argument(a, 0, "case_sensitive", false);
      const std::string by = string_argument(a, 1, "by", "key");
      if (by != "key" && by != "value") throw RenderError("You can only sort by either \"key\" or \"value\"");
      std::vector<Value> items = pairs_of(v).items();
      stable_sort_by(items, [&](const Value& item) { return sort_key(item.items()[by == "value"], nullptr, is_case_sensitive); },
                     flag_argument(a, 2, "reverse", false));
      return Value::list(std::move(items));
    };
    table["sort"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      std::vector<Value> items = charged_items(r, v);
      r.charge_steps(static_cast<std::int64_t>(items.size()) * 8);
      const bool is_case_sensitive = flag_argument(a, 1, "case_sensitive", false);
      const Value* attribute = a.find(2, "attribute");
      stable_sort_by(items, [&](const Value& item) { return sort_key(item, attribute, is_case_sensitive); }, flag_argument(a, 0, "reverse", false));
      return Value::list(std::move(items));
    };
    table["unique"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      const std::vector<Value> items = charged_items(r, v);
      const bool is_case_sensitive = flag_argument(a, 0, "case_sensitive", false);
      std::vector<Value> kept, keys;
      for (const Value& item : items) {
        Value key = sort_key(item, a.find(1, "attribute"), is_case_sensitive);
        r.charge_steps(static_cast<std::int64_t>(keys.size()));
        if (std::any_of(keys.begin(), keys.end(), [&](const Value& seen) { return equal(seen, key); })) continue;
        keys.push_back(std::move(key));
        kept.push_back(item);
      }
      return Value::list(std::move(kept), Type::generator);
    };
    table["map"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      std::vector<Value> items = is_true(v) ? charged_items(r, v) : std::vector<Value>{};
      if (const Value* attribute = a.find(std::numeric_limits<size_t>::max(), "attribute")) {
        const Value* otherwise = a.find(std::numeric_limits<size_t>::max(), "default");
        for (Value& item : items) {
          item = attribute_of(item, *attribute);
          if (item.is(Type::undefined) && otherwise != nullptr) item = *otherwise;
        }
      } else {
        if (a.positional.empty()) throw RenderError("map requires a filter argument");
        const std::string name = to_text(a.positional[0])->bytes;
        const CallArguments rest = rest_of(a, 1);
        for (Value& item : items) item = apply_filter(r, name, item, rest);
      }
      return Value::list(std::move(items), Type::generator);
    };
    table["select"] = [](Runtime& r, const Value& v, const CallArguments& a) { return selected(r, v, a, false, true); };
    table["reject"] = [](Runtime& r, const Value& v, const CallArguments& a) { return selected(r, v, a, false, false); };
    table["selectattr"] = [](Runtime& r, const Value& v, const CallArguments& a) { return selected(r, v, a, true, true); };
    table["rejectattr"] = [](Runtime& r, const Value& v, const CallArguments& a) { return selected(r, v, a, true, false); };
    table["min"] = [](Runtime& r, const Value& v, const CallArguments& a) { return extreme(r, v, a, -1); };
    table["max"] = [](Runtime& r, const Value& v, const CallArguments& a) { return extreme(r, v, a, 1); };
    table["sum"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      Value total = a.find(1, "start") ? *a.find(1, "start") : Value::integer(0);
      const Value* attribute = a.find(0, "attribute");
      for (const Value& item : charged_items(r, v)) {
        total = add_up(total, attribute == nullptr || attribute->is(Type::none) ? item : attribute_of(item, *attribute));
      }
      return total;
    };
    table["int"] = [](Runtime&, const Value& v, const CallArguments& a) { return to_integer(v, a); };
    table["float"] = [](Runtime&, const Value& v, const CallArguments& a) {
      if (v.is_number()) return Value::real(v.as_real());
      if (v.is(Type::undefined)) throw RenderError(v.undefined_message());
      const auto number = v.is(Type::string) ? parse_real(v.bytes()) : std::nullopt;
      if (number) return Value::real(*number);
      return a.find(0, "default") ? *a.find(0, "default") : Value::real(0);
    };
    table["abs"] = [](Runtime&, const Value& v, const CallArguments&) {
      if (v.is(Type::undefined)) throw RenderError(v.undefined_message());
      if (!v.is_number()) throw RenderError("bad operand type for abs(): '" + type_name(v) + "'");
      if (!v.is_whole()) return Value::real(std::fabs(v.as_real()));
      if (v.as_integer() == INT64_MIN) throw RenderError("a number does not fit in 64 bits");
      return Value::integer(std::abs(v.as_integer()));
    };
    table["round"] = [](Runtime&, const Value& v, const CallArguments& a) { return rounded(v, a); };
    table["tojson"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      Text out;
      append_json(out, v, json_style(a));
      r.charge_bytes(out.bytes.size());
      return Value::string(std::move(out));
    };
    table["indent"] = [](Runtime& r, const Value& v, const CallArguments& a) { return indented(r, *to_text(v), a); };
    table["truncate"] = [](Runtime&, const Value& v, const CallArguments& a) { return truncated_text(*to_text(v), a); };
    table["wordcount"] = [](Runtime& r, const Value& v, const CallArguments&) {
      return Value::integer(length_of(split(r, *to_text(v), nullptr, -1, false)));
    };
    table["format"] = [](Runtime& r, const Value& v, const CallArguments& a) { return format_percent(r, *to_text(v), a.positional); };
    table["attr"] = [](Runtime&, const Value& v, const CallArguments& a) {
      const std::string name = to_text(required(a, 0, "name", "attr"))->bytes;
      if (const auto method = method_of(v, name)) return *method;
      if (v.is(Type::name_space)) return get_item(v, Value::string(name));
      return missing(v, Value::string(name));
    };
    table["batch"] = [](Runtime& r, const Value& v, const CallArguments& a) {
      const std::int64_t width = integer_argument(a, 0, "linecount", 1);
      if (width < 1) throw RenderError("batch needs a positive count");
      const Value* fill = a.find(1, "fill_with");
      std::vector<Value> rows, row;
      for (const Value& item : charged_items(r, v)) {
        if (static_cast<std::int64_t>(row.size()) == width) rows.push_back(Value::list(std::exchange(row, {})));
        row.push_back(item);
      }
      if (!row.empty()) {
        if (fill != nullptr && !fill->is(Type::none)) {
          r.charge_steps(width);
          while (static_cast<std::int64_t>(row.size()) < width) row.push_back(*fill);
        }
        rows.push_back(Value::list(std::move(row)));
      }
      return Value::list(std::move(rows), Type::generator);
    };
    return table;
  }();
  return kFilters;
}

}  // namespace

bool is_filter(std::string_view name) { return filters().contains(name); }
bool is_test(std::string_view name) { return tests().contains(name); }

Value apply_filter(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments) {
  const auto found = filters().find(name);
  if (found == filters().end()) throw RenderError("No filter named '" + name + "'.");
  if (input.is(Type::string)) runtime.charge_bytes(input.bytes().size());
  return found->second(runtime, input, arguments);
}

bool apply_test(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments) {
  const auto found = tests().find(name);
  if (found == tests().end()) throw RenderError("No test named '" + name + "'.");
  runtime.charge_steps(1);
  return found->second(runtime, input, arguments);
}

}  // namespace intelia::jinja
