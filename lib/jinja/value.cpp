// See value.hpp. Python's rules for numbers and text are those of CPython 3.11.
#include "jinja/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <compare>
#include <unordered_map>

#include "base/excerpt.hpp"
#include "record/exact_json.hpp"
#include "record/json.hpp"
#include "text/json_escape.hpp"
#include "text/python_characters.hpp"
#include "text/search.hpp"

namespace intelia::jinja {

namespace {

void check_depth(int depth) {
  if (depth > kMaxValueDepth)
    throw RenderError("values are nested more than " + std::to_string(kMaxValueDepth) + " levels deep");
}

}  // namespace

Value Value::undefined(std::string message) {
  Value result;
  result.pointer_ = std::make_shared<std::string>(std::move(message));
  return result;
}

Value Value::integer(std::string digits) {
  Value result(Type::integer);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), result.integer_).ec == std::errc()) return result;
  result.pointer_ = std::make_shared<std::string>(std::move(digits));
  return result;
}

void Value::fail_too_large() const { throw RenderError("the number " + digits() + " does not fit in 64 bits"); }

double Value::large_as_real() const {
  const std::string text = digits();
  double number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc() || !std::isfinite(number))
    throw RenderError("int too large to convert to float");
  return number;
}

std::string Value::undefined_message() const {
  return pointer_ ? *static_cast<const std::string*>(pointer_.get()) : std::string("value is undefined");
}

Value Value::list(std::vector<Value> items, Type type) {
  auto list = std::make_shared<List>();
  for (const Value& item : items) list->add(item);
  check_depth(list->depth);
  list->items = std::move(items);
  return object(type, std::move(list));
}

Value Value::dict(std::vector<std::pair<Value, Value>> items) {
  auto dict = std::make_shared<Dict>();
  std::int64_t num_other_keys = 0;
  for (auto& [key, value] : items) {
    if (key.is(Type::list) || key.is(Type::dict)) throw RenderError("unhashable type: '" + type_name(key) + "'");
    dict->add(key);
    dict->add(value);
    num_other_keys += !key.is(Type::string);
    const auto same = std::find_if(dict->items.begin(), dict->items.end(),
                                   [&key = key](const auto& item) { return equal(item.first, key); });
    if (same == dict->items.end()) {
      dict->items.emplace_back(std::move(key), std::move(value));
    } else {
      same->second = std::move(value);
    }
  }
  dict->weight += num_other_keys * num_other_keys / 8;  // what equal() takes to find them
  check_depth(dict->depth);
  return object(Type::dict, std::move(dict));
}

Value Value::dict_of_unique(std::vector<std::pair<Value, Value>> items) {
  auto dict = std::make_shared<Dict>();
  for (const auto& [key, value] : items) {
    dict->add(key);
    dict->add(value);
  }
  check_depth(dict->depth);
  dict->items = std::move(items);
  return object(Type::dict, std::move(dict));
}

namespace {

/** The summary of a list, tuple, generator or dict; null for any other value. */
const Contents* contents_of(const Value& value) {
  if (value.is_list_like()) return &value.data<List>();
  if (value.is(Type::dict)) return &value.data<Dict>();
  return nullptr;
}

}  // namespace

void Contents::add(const Value& part) {
  constexpr std::int64_t kMaxWeight = 1LL << 60;
  depth = std::max(depth, part.depth() + 1);
  weight = std::min(kMaxWeight, weight + part.weight());
  has_content = has_content || part.has_content();
}

int Value::depth() const {
  if (type_ == Type::method) return static_cast<const Method*>(pointer_.get())->self.depth() + 1;
  const Contents* contents = contents_of(*this);
  return contents == nullptr ? 0 : contents->depth;
}

std::int64_t Value::weight() const {
  if (type_ == Type::string) return 1 + static_cast<std::int64_t>(bytes().size() / 4);
  if (is_large()) return 1 + static_cast<std::int64_t>(digits().size() / 4);
  const Contents* contents = contents_of(*this);
  return contents == nullptr ? 1 : contents->weight;
}

bool Value::has_content() const {
  constexpr std::size_t kMaxSourcesRead = 256;  // so that the question takes constant time
  switch (type_) {
    case Type::string:
      return text().sources.size() > kMaxSourcesRead ||
             std::any_of(text().sources.begin(), text().sources.end(),
                         [](const SourceRange& range) { return range.source >= 0; });
    case Type::method:
      return static_cast<const Method*>(pointer_.get())->self.has_content();
    case Type::name_space:
    case Type::macro:
    case Type::loop:
      return true;  // they may contain anything
    default: {
      const Contents* contents = contents_of(*this);
      return contents != nullptr && contents->has_content;
    }
  }
}

void append(Text& out, const Text& piece) { append(out, piece, 0, piece.bytes.size()); }

void append(Text& out, const Text& text, std::size_t begin, std::size_t end) {
  const std::size_t base = out.bytes.size();
  out.bytes.append(text.bytes, begin, end - begin);
  auto range = std::upper_bound(text.sources.begin(), text.sources.end(), begin,
                                [](std::size_t place, const SourceRange& candidate) { return place < candidate.end; });
  for (; range != text.sources.end() && range->begin < end; ++range) {
    const std::size_t from = std::max(range->begin, begin), to = std::min(range->end, end);
    const std::int32_t derivation = to - from == range->end - range->begin ? range->derivation : -1;
    SourceRange* last = out.sources.empty() ? nullptr : &out.sources.back();
    const bool goes_on = last != nullptr && last->end == base + from - begin && last->source == range->source;
    if (goes_on && last->derivation < 0 && derivation < 0) {
      last->end = base + to - begin;
    } else {
      out.sources.push_back({base + from - begin, base + to - begin, range->source, derivation});
    }
  }
}

void append(Text& out, std::string_view bytes) { out.bytes += bytes; }

Text substring(const Text& text, std::size_t begin, std::size_t end) {
  Text result;
  append(result, text, begin, end);
  result.is_safe = text.is_safe;
  return result;
}

Text with_bytes(const Text& text, std::string bytes) {
  Text result{std::move(bytes), {}, false};
  if (text.sources.empty() || result.bytes.empty()) return result;
  if (result.bytes.size() == text.bytes.size()) {
    result.sources = text.sources;
    for (SourceRange& part : result.sources) part.derivation = -1;
  } else {
    result.sources.push_back({0, result.bytes.size(), text.sources.front().source});
  }
  return result;
}

bool is_true(const Value& value) {
  switch (value.type()) {
    case Type::undefined:
    case Type::none:
      return false;
    case Type::boolean:
    case Type::integer:
      return value.is_large() || value.as_integer() != 0;
    case Type::real:
      return value.as_real() != 0;
    case Type::string:
      return !value.bytes().empty();
    case Type::list:
    case Type::tuple:
    case Type::group:
      return !value.items().empty();
    case Type::dict:
      return !value.pairs().empty();
    default:
      return true;
  }
}

std::string type_name(const Value& value) {
  switch (value.type()) {
    case Type::undefined:
      return "Undefined";
    case Type::none:
      return "NoneType";
    case Type::boolean:
      return "bool";
    case Type::integer:
      return "int";
    case Type::real:
      return "float";
    case Type::string:
      return value.text().is_safe ? "Markup" : "str";
    case Type::list:
      return "list";
    case Type::tuple:
    case Type::group:
      return "tuple";
    case Type::generator:
      return "generator";
    case Type::dict:
      return "dict";
    case Type::name_space:
      return "Namespace";
    case Type::macro:
      return "Macro";
    case Type::function:
      return "function";
    case Type::method:
      return "builtin_function_or_method";
    case Type::loop:
      return "LoopContext";
  }
  return "object";
}

std::string object_name(const Value& value) { return value.is(Type::none) ? "None" : type_name(value) + " object"; }

std::string repr_of_float(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  char buffer[64];
  const auto scientific = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(scientific.ptr - buffer));
  const std::size_t exponent_at = text.find('e');
  int exponent = 0;
  const char* exponent_begin = text.data() + exponent_at + (text[exponent_at + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_begin, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 16) return std::string(text);
  char fixed_buffer[400];
  const auto fixed = std::to_chars(fixed_buffer, fixed_buffer + sizeof fixed_buffer, number, std::chars_format::fixed);
  std::string result(fixed_buffer, fixed.ptr);
  if (result.find('.') == std::string::npos) result += ".0";
  return result;
}

std::string repr_of_string(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    const char32_t c = code_point_at(text, i, length);
    if (c == static_cast<char32_t>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else if (c >= 0x80 && !python::is_printable(c)) {
      const auto number = static_cast<unsigned>(c);
      out += c < 0x100     ? fmt::format("\\x{:02x}", number)
             : c < 0x10000 ? fmt::format("\\u{:04x}", number)
                           : fmt::format("\\U{:08x}", number);
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  out += quote;
  return out;
}

void append_repr(Text& out, const Value& value) {
  const auto sequence = [&](const char* open, const char* close) {
    append(out, open);
    bool is_first = true;
    for (const Value& item : value.items()) {
      if (!is_first) append(out, ", ");
      is_first = false;
      append_repr(out, item);
    }
    append(out, close);
  };
  switch (value.type()) {
    case Type::undefined:
      append(out, "Undefined");
      break;
    case Type::none:
      append(out, "None");
      break;
    case Type::boolean:
      append(out, value.as_integer() ? "True" : "False");
      break;
    case Type::integer:
      append(out, value.digits());
      break;
    case Type::real:
      append(out, repr_of_float(value.as_real()));
      break;
    case Type::string:
      append(out, with_bytes(value.text(), repr_of_string(value.bytes())));
      break;
    case Type::list:
      sequence("[", "]");
      break;
    case Type::tuple:
    case Type::group:
      sequence("(", value.items().size() == 1 ? ",)" : ")");
      break;
    case Type::generator:
      append(out, "<generator object>");
      break;
    case Type::dict: {
      append(out, "{");
      bool is_first = true;
      for (const auto& [key, item] : value.pairs()) {
        if (!is_first) append(out, ", ");
        is_first = false;
        append_repr(out, key);
        append(out, ": ");
        append_repr(out, item);
      }
      append(out, "}");
      break;
    }
    case Type::name_space:
      append(out, "<Namespace>");
      break;
    case Type::macro:
      append(out, "<Macro>");
      break;
    case Type::function:
      append(out, "<function>");
      break;
    case Type::method:
      append(out, "<method>");
      break;
    case Type::loop:
      append(out, "<LoopContext>");
      break;
  }
}

std::string short_repr(const Value& value) {
  constexpr std::int64_t kMaxWeight = 200;
  if (value.is(Type::string)) return repr_of_string(excerpt(value.bytes()));
  if (value.weight() > kMaxWeight) return object_name(value);
  Text out;
  append_repr(out, value);
  return out.bytes;
}

TextPtr to_text(const Value& value) {
  static const TextPtr kEmpty = std::make_shared<const Text>();
  if (value.is(Type::string)) return value.text_pointer();
  if (value.is(Type::undefined)) return kEmpty;
  auto text = std::make_shared<Text>();
  append_repr(*text, value);
  return text;
}

namespace {

/** The order of two integers in decimal digits. */
std::strong_ordering order_of_digits(std::string_view left, std::string_view right) {
  const bool is_negative = left.front() == '-';
  if (is_negative != (right.front() == '-'))
    return is_negative ? std::strong_ordering::less : std::strong_ordering::greater;
  if (is_negative) return order_of_digits(right.substr(1), left.substr(1));
  return left.size() != right.size() ? left.size() <=> right.size() : left.compare(right) <=> 0;
}

/** The exact order of an integer and a float. */
std::partial_ordering order_of_whole_and_real(const Value& whole, double real) {
  constexpr std::int64_t kExact = 1LL << 53;
  if (!whole.is_large() && std::abs(whole.as_integer()) <= kExact) return whole.as_real() <=> real;
  if (std::isnan(real)) return std::partial_ordering::unordered;
  if (std::isinf(real)) return 0.0 <=> real;
  // A fraction does not matter: a float that has one is smaller than the integer.
  return order_of_digits(whole.digits(), fmt::format("{:.0f}", std::trunc(real) + 0.0));
}

/** Unordered for NaN. */
std::partial_ordering order_of_numbers(const Value& left, const Value& right) {
  if (left.is_large() || right.is_large() || left.is_whole() != right.is_whole()) {
    if (left.is_whole() && right.is_whole()) return order_of_digits(left.digits(), right.digits());
    if (left.is_whole()) return order_of_whole_and_real(left, right.as_real());
    if (right.is_whole()) return 0 <=> order_of_whole_and_real(right, left.as_real());
  }
  if (left.is_whole()) return left.as_integer() <=> right.as_integer();
  return left.as_real() <=> right.as_real();
}

/** Whether two dicts of the same size have equal items. */
bool equal_pairs(const Value& left, const Value& right) {
  std::unordered_map<std::string_view, const Value*> named;
  for (const auto& [key, value] : right.pairs())
    if (key.is(Type::string)) named.emplace(key.bytes(), &value);
  return std::all_of(left.pairs().begin(), left.pairs().end(), [&](const auto& item) {
    if (!item.first.is(Type::string)) {
      const Value* other = find(right, item.first);
      return other != nullptr && equal(item.second, *other);
    }
    const auto other = named.find(item.first.bytes());
    return other != named.end() && equal(item.second, *other->second);
  });
}

}  // namespace

bool equal(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) return std::is_eq(order_of_numbers(left, right));
  if (left.type() != right.type() && !(left.is_tuple() && right.is_tuple())) return false;
  switch (left.type()) {
    case Type::undefined:
    case Type::none:
      return true;
    case Type::string:
      return left.bytes() == right.bytes();
    case Type::list:
    case Type::tuple:
    case Type::group:
      return left.items().size() == right.items().size() &&
             std::equal(left.items().begin(), left.items().end(), right.items().begin(), equal);
    case Type::dict:
      if (left.pairs().size() != right.pairs().size()) return false;
      return equal_pairs(left, right);
    case Type::function:
      return left.as_integer() == right.as_integer();
    default:
      return left.identity() == right.identity();
  }
}

int compare(const Value& left, const Value& right, const char* operation) {
  if (left.is_number() && right.is_number()) {
    const std::partial_ordering order = order_of_numbers(left, right);
    return std::is_lt(order) ? -1 : std::is_gt(order) ? 1 : 0;
  }
  if (left.is(Type::string) && right.is(Type::string)) return left.bytes().compare(right.bytes());
  if (left.type() == right.type() && (left.is(Type::list) || left.is(Type::tuple))) {
    const std::size_t common = std::min(left.items().size(), right.items().size());
    for (std::size_t i = 0; i < common; ++i) {
      if (!equal(left.items()[i], right.items()[i])) return compare(left.items()[i], right.items()[i], operation);
    }
    return left.items().size() < right.items().size() ? -1 : left.items().size() > right.items().size();
  }
  for (const Value* value : {&left, &right}) {
    if (value->is(Type::undefined)) throw RenderError(value->undefined_message());
  }
  throw RenderError(fmt::format("'{}' not supported between instances of '{}' and '{}'", operation, type_name(left),
                                type_name(right)));
}

const Value* find(const Value& dict, const Value& key) {
  for (const auto& item : dict.pairs()) {
    if (equal(item.first, key)) return &item.second;
  }
  return nullptr;
}

const Value* find(const Value& dict, std::string_view key) {
  for (const auto& item : dict.pairs()) {
    if (item.first.is(Type::string) && item.first.bytes() == key) return &item.second;
  }
  return nullptr;
}

bool contains(const Value& container, const Value& element) {
  switch (container.type()) {
    case Type::string:
      if (element.is(Type::undefined)) throw RenderError(element.undefined_message());
      if (!element.is(Type::string)) {
        throw RenderError("'in <string>' requires string as left operand, not " + type_name(element));
      }
      return find_text(container.bytes(), element.bytes()) != std::string::npos;
    case Type::list:
    case Type::tuple:
    case Type::group:
    case Type::generator:
      return std::any_of(container.items().begin(), container.items().end(),
                         [&](const Value& item) { return equal(item, element); });
    case Type::dict:
      return find(container, element) != nullptr;
    case Type::undefined:
      return false;
    default:
      throw RenderError("argument of type '" + type_name(container) + "' is not iterable");
  }
}

std::vector<Value> iterate(const Value& value) {
  switch (value.type()) {
    case Type::undefined:
      return {};
    case Type::list:
    case Type::tuple:
    case Type::group:
      return value.items();
    case Type::generator:
      return value.take_items();
    case Type::dict: {
      std::vector<Value> keys;
      keys.reserve(value.pairs().size());
      for (const auto& item : value.pairs()) keys.push_back(item.first);
      return keys;
    }
    case Type::string: {
      std::vector<Value> characters;
      const Text& text = value.text();
      for (std::size_t i = 0; i < text.bytes.size();) {
        const std::size_t length = character_bytes(text.bytes, i);
        characters.push_back(Value::string(substring(text, i, i + length)));
        i += length;
      }
      return characters;
    }
    default:
      throw RenderError("'" + type_name(value) + "' object is not iterable");
  }
}

std::int64_t length_of(const Value& value) {
  switch (value.type()) {
    case Type::undefined:
      return 0;
    case Type::string:
      return static_cast<std::int64_t>(count_code_points(value.bytes()));
    case Type::list:
    case Type::tuple:
    case Type::group:
      return static_cast<std::int64_t>(value.items().size());
    case Type::dict:
      return static_cast<std::int64_t>(value.pairs().size());
    default:
      throw RenderError("object of type '" + type_name(value) + "' has no len()");
  }
}

namespace {

void append_json_text(std::string& out, std::string_view text, bool ensure_ascii) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    const char32_t c = code_point_at(text, i, length);
    if (const char* escape = short_json_escape(c)) {
      out += escape;
    } else if (c < 0x20 || (ensure_ascii && c >= 0x7F && c < 0x10000)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (ensure_ascii && c >= 0x10000) {
      const auto rest = static_cast<unsigned>(c) - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  out += '"';
}

std::string json_real(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  return repr_of_float(number);
}

std::string json_key(const Value& key) {
  switch (key.type()) {
    case Type::string:
      return key.bytes();
    case Type::none:
      return "null";
    case Type::boolean:
      return key.as_integer() ? "true" : "false";
    case Type::integer:
      return key.digits();
    case Type::real:
      return json_real(key.as_real());
    default:
      throw RenderError("keys must be str, int, float, bool or None, not " + type_name(key));
  }
}

}  // namespace

void append_json(Text& out, const Value& value, const JsonStyle& style, int level) {
  const bool is_indented = style.indent != -1;
  const auto newline = [&](int at) {
    if (!is_indented) return;
    append(out, "\n");
    for (int i = 0; i < at; ++i) {
      append(out, style.indent == -2 ? style.indent_text : std::string(static_cast<std::size_t>(style.indent), ' '));
    }
  };
  switch (value.type()) {
    case Type::none:
      append(out, "null");
      break;
    case Type::boolean:
      append(out, value.as_integer() ? "true" : "false");
      break;
    case Type::integer:
      append(out, value.digits());
      break;
    case Type::real:
      append(out, json_real(value.as_real()));
      break;
    case Type::string: {
      std::string json;
      append_json_text(json, value.bytes(), style.ensure_ascii);
      append(out, with_bytes(value.text(), std::move(json)));
      break;
    }
    case Type::list:
    case Type::tuple:
    case Type::group: {
      if (value.items().empty()) {
        append(out, "[]");
        break;
      }
      append(out, "[");
      bool is_first = true;
      for (const Value& item : value.items()) {
        if (!is_first) append(out, style.item_separator);
        is_first = false;
        newline(level + 1);
        append_json(out, item, style, level + 1);
      }
      newline(level);
      append(out, "]");
      break;
    }
    case Type::dict: {
      if (value.pairs().empty()) {
        append(out, "{}");
        break;
      }
      std::vector<const std::pair<Value, Value>*> pairs;
      for (const auto& item : value.pairs()) pairs.push_back(&item);
      if (style.sort_keys) {
        std::stable_sort(pairs.begin(), pairs.end(), [](const auto* left, const auto* right) {
          return compare(left->first, right->first, "<") < 0;
        });
      }
      append(out, "{");
      bool is_first = true;
      for (const auto* item : pairs) {
        if (!is_first) append(out, style.item_separator);
        is_first = false;
        newline(level + 1);
        std::string key;
        append_json_text(key, json_key(item->first), style.ensure_ascii);
        append(out, item->first.is(Type::string) ? with_bytes(item->first.text(), std::move(key))
                                                 : Text{std::move(key), {}, false});
        append(out, style.key_separator);
        append_json(out, item->second, style, level + 1);
      }
      newline(level);
      append(out, "}");
      break;
    }
    default:
      throw RenderError("Object of type " + type_name(value) + " is not JSON serializable");
  }
}

Value from_json(const Json& json, bool is_marked, std::int32_t source) {
  switch (json.type()) {
    case Json::value_t::null:
      return Value::none();
    case Json::value_t::boolean:
      return Value::boolean(json.get<bool>());
    case Json::value_t::number_integer:
      return Value::integer(json.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      return Value::integer(std::to_string(json.get<std::uint64_t>()));
    case Json::value_t::number_float:
      return Value::real(json.get<double>());
    case Json::value_t::binary:
      return Value::integer(large_integer(json).value());
    case Json::value_t::string: {
      Text text{json.get<std::string>(), {}, false};
      if (is_marked && !text.bytes.empty()) text.sources.push_back({0, text.bytes.size(), source});
      return Value::string(std::move(text));
    }
    case Json::value_t::array: {
      std::vector<Value> items;
      items.reserve(json.size());
      for (const Json& item : json) items.push_back(from_json(item, is_marked, source));
      return Value::list(std::move(items));
    }
    case Json::value_t::object: {
      std::vector<std::pair<Value, Value>> items;
      items.reserve(json.size());
      for (const auto& [key, item] : json.items()) {
        Text name{key, {}, false};
        if (is_marked && source < 0 && !key.empty()) name.sources.push_back({0, key.size(), source});
        items.emplace_back(Value::string(std::move(name)), from_json(item, is_marked, source));
      }
      return Value::dict_of_unique(std::move(items));
    }
    default:
      throw RenderError("a discarded value has no counterpart in a template");
  }
}

}  // namespace intelia::jinja
