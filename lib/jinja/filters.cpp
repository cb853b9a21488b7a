// Jinja's filters, one function each.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "jinja/format.hpp"
#include "jinja/functions.hpp"
#include "jinja/number.hpp"
#include "jinja/text.hpp"
#include "jinja/trace.hpp"
#include "text/python_characters.hpp"

namespace intelia::jinja {

using std::size_t;

namespace {

/** The filter title: words begin after whitespace, dashes and opening brackets. */
std::string title_filter(std::string_view text) {
  std::string out;
  size_t word = 0;  // where the current word begins
  const auto end_word = [&](size_t end) {
    if (end == word) return;
    const size_t first = character_bytes(text, word);
    out += python::upper(text.substr(word, first)) + python::lower(text.substr(word + first, end - word - first));
  };
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    const char32_t c = code_point_at(text, i, length);
    i += length;
    if (!is_space(c) && c != '-' && c != '(' && c != '{' && c != '[' && c != '<') continue;
    end_word(i - length);
    out += text.substr(i - length, length);
    word = i;
  }
  end_word(text.size());
  return out;
}

using Filter = Value (*)(Runtime&, const Value&, const CallArguments&);

/** The value of `attribute` ("name", "a.b", 0, "0") of `item`, as filters look it up. */
Value attribute_of(Runtime& runtime, const Value& item, const Value& attribute) {
  charge_walk(runtime, attribute);
  if (attribute.is_whole()) return get_item(runtime, item, attribute);
  const std::string path = to_text(attribute)->bytes;
  Value value = item;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    const bool is_number =
        !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    runtime.charge_steps(1);
    value =
        get_item(runtime, value, is_number ? Value::integer(parse_integer(part, 10).value_or(0)) : Value::string(part));
    begin = end + 1;
  }
  return value;
}

/** The key that sort, min, max and unique compare: strings case-insensitively by default. */
Value sort_key(Runtime& runtime, const Value& item, const Value* attribute, bool is_case_sensitive) {
  Value key = attribute == nullptr || attribute->is(Type::none) ? item : attribute_of(runtime, item, *attribute);
  if (!is_case_sensitive && key.is(Type::string)) return Value::string(python::lower(key.bytes()));
  return key;
}

Value extreme(Runtime& runtime, const Value& input, const CallArguments& arguments, int sign) {
  const std::vector<Value> items = charged_items(runtime, input);
  if (items.empty()) return Value::undefined("No aggregated item, sequence was empty.");
  const bool is_case_sensitive = flag_argument(arguments, 0, "case_sensitive", false);
  const Value* attribute = arguments.find(1, "attribute");
  size_t best = 0;
  Value best_key = sort_key(runtime, items[0], attribute, is_case_sensitive);
  for (size_t i = 1; i < items.size(); ++i) {
    const Value key = sort_key(runtime, items[i], attribute, is_case_sensitive);
    if (sign * compare(key, best_key, sign > 0 ? ">" : "<") > 0) {
      best = i;
      best_key = key;
    }
  }
  return items[best];
}

constexpr std::int64_t kStepsOfSorting = 8;  // an element

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

Value selected(Runtime& runtime, const Value& input, const CallArguments& arguments, bool by_attribute,
               bool keeps_matches) {
  // Jinja2 ignores falsy values, None among them.
  const std::vector<Value> items = is_true(input) ? charged_items(runtime, input) : std::vector<Value>{};
  const size_t test_at = by_attribute;
  if (by_attribute && arguments.positional.empty()) throw RenderError("Missing parameter for attribute name");
  const bool has_test = arguments.positional.size() > test_at;
  const std::string test = has_test ? to_text(arguments.positional[test_at])->bytes : "";
  const CallArguments rest = has_test ? rest_of(arguments, test_at + 1) : CallArguments{};
  std::vector<Value> kept;
  for (const Value& item : items) {
    const Value value = by_attribute ? attribute_of(runtime, item, arguments.positional[0]) : item;
    const bool matches = has_test ? apply_test(runtime, test, value, rest) : is_true(value);
    if (matches == keeps_matches) kept.push_back(item);
  }
  return Value::list(std::move(kept), Type::generator);
}

Value add_up(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) return calculate(Op::add, left, right);
  const Value& fault = left.is_number() ? right : left;
  if (fault.is(Type::undefined)) throw RenderError(fault.undefined_message());
  throw RenderError(fmt::format("unsupported operand type(s) for +: '{}' and '{}'", type_name(left), type_name(right)));
}

constexpr std::int64_t kMaxIndent = 64;

JsonStyle json_style(Runtime& runtime, const CallArguments& arguments) {
  JsonStyle style;
  style.ensure_ascii = flag_argument(arguments, 0, "ensure_ascii", false);
  if (const Value* indent = arguments.find(1, "indent"); indent != nullptr && !indent->is(Type::none)) {
    if (indent->is(Type::string)) {
      style.indent = -2;
      style.indent_text = indent->bytes();
    } else {
      const std::int64_t indent_width = std::max<std::int64_t>(0, integer_argument(arguments, 1, "indent", 0));
      if (indent_width > kMaxIndent) throw RenderError(fmt::format("tojson indents by at most {}", kMaxIndent));
      style.indent = static_cast<int>(indent_width);
    }
    style.item_separator = ",";
  }
  if (const Value* separators = arguments.find(2, "separators"); separators != nullptr && !separators->is(Type::none)) {
    const std::vector<Value> both = charged_items(runtime, *separators);
    if (both.size() != 2) throw RenderError("separators must be a pair");
    style.item_separator = to_text(both[0])->bytes;
    style.key_separator = to_text(both[1])->bytes;
  }
  style.sort_keys = flag_argument(arguments, 3, "sort_keys", false);
  return style;
}

Value indented(Runtime& runtime, const Text& text, const CallArguments& arguments) {
  const Value* given = arguments.find(0, "width");
  const bool is_text = given != nullptr && given->is(Type::string);
  const std::int64_t width = is_text ? 0 : std::max<std::int64_t>(0, integer_argument(arguments, 0, "width", 4));
  runtime.charge_bytes(static_cast<size_t>(width));
  const std::string indent = is_text ? given->bytes() : std::string(static_cast<size_t>(width), ' ');
  const bool indents_first = flag_argument(arguments, 1, "first", false);
  const bool indents_blank = flag_argument(arguments, 2, "blank", false);
  Text source = text;
  append(source, "\n");
  const std::vector<Text> lines = split_lines(runtime, source, false);
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

Value truncated_text(Runtime& runtime, const Text& text, const CallArguments& arguments) {
  const auto length = static_cast<size_t>(std::max<std::int64_t>(0, integer_argument(arguments, 0, "length", 255)));
  const bool kills_words = flag_argument(arguments, 1, "killwords", false);
  const std::string end = string_argument(arguments, 2, "end", "...");
  const auto leeway = static_cast<size_t>(std::max<std::int64_t>(0, integer_argument(arguments, 3, "leeway", 5)));
  charge_copy(runtime, text);
  runtime.charge_bytes(end.size());
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

/** An integer, or a bool as one. */
Value as_integer_type(const Value& whole) { return whole.is_large() ? whole : Value::integer(whole.as_integer()); }

Value to_integer(const Value& value, const CallArguments& arguments) {
  const Value fallback = arguments.find(0, "default") ? *arguments.find(0, "default") : Value::integer(0);
  if (value.is_whole()) return as_integer_type(value);
  if (value.is(Type::real)) return std::isnan(value.as_real()) ? fallback : Value::integer(truncated(value.as_real()));
  if (value.is(Type::undefined)) throw RenderError(value.undefined_message());
  if (!value.is(Type::string)) return fallback;
  if (const auto number = parse_integer(value.bytes(), integer_argument(arguments, 1, "base", 10)))
    return Value::integer(*number);
  const auto real = parse_real(value.bytes());
  return real && std::isfinite(*real) ? Value::integer(truncated(*real)) : fallback;
}

/** Python's round() of an integer: half to even, and an integer again. */
Value rounded_whole(const Value& whole, std::int64_t precision) {
  if (precision >= 0) return as_integer_type(whole);
  constexpr std::int64_t kMaxDigits = 19;  // of 64 bits
  const __int128 number = whole.as_integer();
  if (precision < -kMaxDigits) return Value::integer(0);
  __int128 unit = 1;
  for (; precision < 0; ++precision) unit *= 10;
  const __int128 magnitude = number < 0 ? -number : number, rest = magnitude % unit;
  __int128 result = magnitude - rest;
  if (2 * rest > unit || (2 * rest == unit && result / unit % 2 != 0)) result += unit;
  const auto digits = static_cast<std::uint64_t>(result);
  return Value::integer((number < 0 && digits != 0 ? "-" : "") + std::to_string(digits));
}

Value rounded(const Value& value, const CallArguments& arguments) {
  if (!value.is_number()) throw RenderError("type " + type_name(value) + " doesn't define __round__ method");
  const std::int64_t precision = integer_argument(arguments, 0, "precision", 0);
  const std::string method = string_argument(arguments, 1, "method", "common");
  if (method == "common" && value.is_whole()) return rounded_whole(value, precision);
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

Value filter_trim(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return strip(runtime, *to_text(input), arguments.find(0, "chars"), Side::both);
}

Value filter_upper(Runtime& runtime, const Value& input, const CallArguments&) {
  return changed(runtime, *to_text(input), python::upper);
}

Value filter_lower(Runtime& runtime, const Value& input, const CallArguments&) {
  return changed(runtime, *to_text(input), python::lower);
}

Value filter_capitalize(Runtime& runtime, const Value& input, const CallArguments&) {
  return changed(runtime, *to_text(input), python::capitalize);
}

Value filter_title(Runtime& runtime, const Value& input, const CallArguments&) {
  return changed(runtime, *to_text(input), title_filter);
}

Value filter_string(Runtime& runtime, const Value& input, const CallArguments&) {
  TextPtr text = to_text(input);
  if (!input.is(Type::string)) runtime.charge_bytes(text->bytes.size());
  return Value::string(std::move(text));
}

Value filter_safe(Runtime&, const Value& input, const CallArguments&) {
  Text text = *to_text(input);
  text.is_safe = true;
  return Value::string(std::move(text));
}

Value filter_escape(Runtime& runtime, const Value& input, const CallArguments&) {
  Text text = escaped(runtime, *to_text(input));
  text.is_safe = true;
  return Value::string(std::move(text));
}

Value filter_length(Runtime&, const Value& input, const CallArguments&) { return Value::integer(length_of(input)); }

Value filter_default(Runtime&, const Value& input, const CallArguments& arguments) {
  const bool for_false = flag_argument(arguments, 1, "boolean", false);
  if (!input.is(Type::undefined) && !(for_false && !is_true(input))) return input;
  const Value* otherwise = arguments.find(0, "default_value");
  return otherwise != nullptr ? *otherwise : Value::string("");
}

Value filter_join(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  std::vector<Value> items = charged_items(runtime, input);
  if (const Value* attribute = arguments.find(1, "attribute"); attribute != nullptr && !attribute->is(Type::none)) {
    for (Value& item : items) item = attribute_of(runtime, item, *attribute);
  }
  const Value* separator = arguments.find(0, "d");
  return join(runtime, separator == nullptr ? Text{} : *to_text(*separator), items);
}

Value filter_list(Runtime& runtime, const Value& input, const CallArguments&) {
  return Value::list(charged_items(runtime, input));
}

Value filter_first(Runtime& runtime, const Value& input, const CallArguments&) {
  const std::vector<Value> items = charged_items(runtime, input);
  return items.empty() ? Value::undefined("No first item, sequence was empty.") : items.front();
}

Value filter_last(Runtime& runtime, const Value& input, const CallArguments&) {
  const std::vector<Value> items = charged_items(runtime, input);
  return items.empty() ? Value::undefined("No last item, sequence was empty.") : items.back();
}

Value filter_reverse(Runtime& runtime, const Value& input, const CallArguments&) {
  std::vector<Value> items = charged_items(runtime, input);
  std::reverse(items.begin(), items.end());
  return input.is(Type::string) ? join(runtime, Text{}, items) : Value::list(std::move(items), Type::generator);
}

Value filter_replace(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return replace(runtime, *to_text(input), *to_text(required(arguments, 0, "old", "replace")),
                 *to_text(required(arguments, 1, "new", "replace")), integer_argument(arguments, 2, "count", -1));
}

Value filter_items(Runtime& runtime, const Value& input, const CallArguments&) {
  if (input.is(Type::undefined)) return Value::list({}, Type::generator);
  if (!input.is(Type::dict)) throw RenderError("Can only get item pairs from arguments mapping.");
  return Value::list(pairs_of(runtime, input), Type::generator);
}

Value filter_dictsort(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  if (!input.is(Type::dict)) throw RenderError("'" + type_name(input) + "' object has no attribute 'items'");
  runtime.charge_steps(static_cast<std::int64_t>(input.pairs().size()) * kStepsOfSorting);
  const bool is_case_sensitive = flag_argument(arguments, 0, "case_sensitive", false);
  const std::string by = string_argument(arguments, 1, "by", "key");
  if (by != "key" && by != "value") throw RenderError("You can only sort by either \"key\" or \"value\"");
  std::vector<Value> items = pairs_of(runtime, input);
  stable_sort_by(
      items,
      [&](const Value& item) { return sort_key(runtime, item.items()[by == "value"], nullptr, is_case_sensitive); },
      flag_argument(arguments, 2, "reverse", false));
  return Value::list(std::move(items));
}

Value filter_sort(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  std::vector<Value> items = charged_items(runtime, input);
  runtime.charge_steps(static_cast<std::int64_t>(items.size()) * kStepsOfSorting);
  const bool is_case_sensitive = flag_argument(arguments, 1, "case_sensitive", false);
  const Value* attribute = arguments.find(2, "attribute");
  stable_sort_by(
      items, [&](const Value& item) { return sort_key(runtime, item, attribute, is_case_sensitive); },
      flag_argument(arguments, 0, "reverse", false));
  return Value::list(std::move(items));
}

Value filter_unique(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  const std::vector<Value> items = charged_items(runtime, input);
  const bool is_case_sensitive = flag_argument(arguments, 0, "case_sensitive", false);
  std::vector<Value> kept, keys;
  for (const Value& item : items) {
    Value key = sort_key(runtime, item, arguments.find(1, "attribute"), is_case_sensitive);
    charge_search(runtime, key, keys.size());
    if (std::any_of(keys.begin(), keys.end(), [&](const Value& seen) { return equal(seen, key); })) continue;
    keys.push_back(std::move(key));
    kept.push_back(item);
  }
  return Value::list(std::move(kept), Type::generator);
}

Value filter_map(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  std::vector<Value> items = is_true(input) ? charged_items(runtime, input) : std::vector<Value>{};
  if (const Value* attribute = arguments.find(std::numeric_limits<size_t>::max(), "attribute")) {
    const Value* otherwise = arguments.find(std::numeric_limits<size_t>::max(), "default");
    for (Value& item : items) {
      item = attribute_of(runtime, item, *attribute);
      if (item.is(Type::undefined) && otherwise != nullptr) item = *otherwise;
    }
  } else {
    if (arguments.positional.empty()) throw RenderError("map requires arguments filter argument");
    const std::string name = to_text(arguments.positional[0])->bytes;
    const CallArguments rest = rest_of(arguments, 1);
    for (Value& item : items) item = apply_filter(runtime, name, item, rest);
  }
  return Value::list(std::move(items), Type::generator);
}

Value filter_select(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return selected(runtime, input, arguments, false, true);
}

Value filter_reject(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return selected(runtime, input, arguments, false, false);
}

Value filter_selectattr(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return selected(runtime, input, arguments, true, true);
}

Value filter_rejectattr(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return selected(runtime, input, arguments, true, false);
}

Value filter_min(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return extreme(runtime, input, arguments, -1);
}

Value filter_max(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return extreme(runtime, input, arguments, 1);
}

Value filter_sum(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  Value total = arguments.find(1, "start") ? *arguments.find(1, "start") : Value::integer(0);
  const Value* attribute = arguments.find(0, "attribute");
  for (const Value& item : charged_items(runtime, input)) {
    total = add_up(total,
                   attribute == nullptr || attribute->is(Type::none) ? item : attribute_of(runtime, item, *attribute));
  }
  return total;
}

Value filter_int(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  if (input.is(Type::string)) charge_characters(runtime, input.bytes());
  return to_integer(input, arguments);
}

Value filter_float(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  if (input.is(Type::string)) charge_characters(runtime, input.bytes());
  if (input.is_number()) return Value::real(input.as_real());
  if (input.is(Type::undefined)) throw RenderError(input.undefined_message());
  const auto number = input.is(Type::string) ? parse_real(input.bytes()) : std::nullopt;
  if (number) return Value::real(*number);
  return arguments.find(0, "default") ? *arguments.find(0, "default") : Value::real(0);
}

Value filter_abs(Runtime&, const Value& input, const CallArguments&) {
  if (input.is(Type::undefined)) throw RenderError(input.undefined_message());
  if (!input.is_number()) throw RenderError("bad operand type for abs(): '" + type_name(input) + "'");
  if (!input.is_whole()) return Value::real(std::fabs(input.as_real()));
  return compare(input, Value::integer(0), "<") < 0 ? negated(input) : as_integer_type(input);
}

Value filter_round(Runtime&, const Value& input, const CallArguments& arguments) { return rounded(input, arguments); }

Value filter_tojson(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  Text out;
  constexpr std::size_t kMaxGrowth = 6;  // "\x01" becomes "\u0001"
  const JsonStyle style = json_style(runtime, arguments);
  const std::size_t indent =
      style.indent == -2 ? style.indent_text.size() : static_cast<std::size_t>(std::max(0, style.indent));
  if (input.is(Type::string)) {
    charge_repetition(runtime, kMaxGrowth, input.bytes().size());
  } else {
    charge_repetition(runtime, input.weight(),
                      indent * static_cast<std::size_t>(input.depth()) +
                          (style.item_separator.size() + style.key_separator.size()) / kMaxGrowth);
  }
  append_json(out, input, style);
  runtime.charge_bytes(out.bytes.size());
  return Value::string(std::move(out));
}

Value filter_indent(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return indented(runtime, *to_text(input), arguments);
}

Value filter_truncate(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return truncated_text(runtime, *to_text(input), arguments);
}

Value filter_wordcount(Runtime& runtime, const Value& input, const CallArguments&) {
  return Value::integer(length_of(split(runtime, *to_text(input), nullptr, -1, false)));
}

Value filter_format(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  return format_percent(runtime, *to_text(input), arguments.positional);
}

Value filter_attr(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  const std::string name = to_text(required(arguments, 0, "name", "attr"))->bytes;
  if (const auto method = method_of(input, name)) return *method;
  if (input.is(Type::name_space)) return get_item(runtime, input, Value::string(name));
  return missing(input, Value::string(name));
}

/** The rows of groupby: the common value and the items. Printed and unpacked as a pair. */
Value filter_groupby(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  const Value& attribute = required(arguments, 0, "attribute", "groupby");
  const Value* otherwise = arguments.find(1, "default");
  const bool is_case_sensitive = flag_argument(arguments, 2, "case_sensitive", false);
  std::vector<Value> items = charged_items(runtime, input);
  runtime.charge_steps(static_cast<std::int64_t>(items.size()) * kStepsOfSorting);
  const auto group_of = [&](const Value& item) {
    Value group = attribute_of(runtime, item, attribute);
    return group.is(Type::undefined) && otherwise != nullptr ? *otherwise : group;
  };
  const auto key_of = [&](const Value& item) { return sort_key(runtime, group_of(item), nullptr, is_case_sensitive); };
  stable_sort_by(items, key_of, false);
  std::vector<Value> groups;
  for (auto begin = items.begin(); begin != items.end();) {
    const Value key = key_of(*begin);
    const auto end = std::find_if(begin, items.end(), [&](const Value& item) { return !equal(key_of(item), key); });
    groups.push_back(Value::list({group_of(*begin), Value::list({begin, end})}, Type::group));
    begin = end;
  }
  return Value::list(std::move(groups));
}

Value filter_slice(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  const std::int64_t count = integer_argument(arguments, 0, "slices", 1);
  if (count < 1) throw RenderError("slice needs a positive count");
  runtime.charge_steps(std::min(count, INT64_MAX / kStepsOfObject) * kStepsOfObject);
  const Value* fill = arguments.find(1, "fill_with");
  const std::vector<Value> items = charged_items(runtime, input);
  const auto length = static_cast<std::int64_t>(items.size());
  std::vector<Value> slices;
  auto begin = items.begin();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto end = begin + length / count + (i < length % count ? 1 : 0);
    std::vector<Value> slice(begin, end);
    if (fill != nullptr && !fill->is(Type::none) && i >= length % count) slice.push_back(*fill);
    slices.push_back(Value::list(std::move(slice)));
    begin = end;
  }
  return Value::list(std::move(slices), Type::generator);
}

Value filter_center(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  const CallArguments width{{Value::integer(integer_argument(arguments, 0, "width", 80))}, {}};
  return call_text_method(runtime, *to_text(input), "center", width);
}

Value filter_batch(Runtime& runtime, const Value& input, const CallArguments& arguments) {
  const std::int64_t width = integer_argument(arguments, 0, "linecount", 1);
  if (width < 1) throw RenderError("batch needs arguments positive count");
  const Value* fill = arguments.find(1, "fill_with");
  std::vector<Value> rows, row;
  for (const Value& item : charged_items(runtime, input)) {
    if (static_cast<std::int64_t>(row.size()) == width) {
      runtime.charge_steps(kStepsOfObject);
      rows.push_back(Value::list(std::exchange(row, {})));
    }
    row.push_back(item);
  }
  if (!row.empty()) {
    if (fill != nullptr && !fill->is(Type::none)) {
      runtime.charge_steps(width);
      while (static_cast<std::int64_t>(row.size()) < width) row.push_back(*fill);
    }
    rows.push_back(Value::list(std::move(row)));
  }
  return Value::list(std::move(rows), Type::generator);
}

const std::map<std::string, Filter, std::less<>>& filters() {
  static const std::map<std::string, Filter, std::less<>> kFilters = {
      {"trim", filter_trim},
      {"upper", filter_upper},
      {"lower", filter_lower},
      {"capitalize", filter_capitalize},
      {"title", filter_title},
      {"string", filter_string},
      {"safe", filter_safe},
      {"escape", filter_escape},
      {"e", filter_escape},
      {"length", filter_length},
      {"count", filter_length},
      {"default", filter_default},
      {"d", filter_default},
      {"join", filter_join},
      {"list", filter_list},
      {"first", filter_first},
      {"last", filter_last},
      {"reverse", filter_reverse},
      {"replace", filter_replace},
      {"items", filter_items},
      {"dictsort", filter_dictsort},
      {"sort", filter_sort},
      {"unique", filter_unique},
      {"map", filter_map},
      {"select", filter_select},
      {"reject", filter_reject},
      {"selectattr", filter_selectattr},
      {"rejectattr", filter_rejectattr},
      {"min", filter_min},
      {"max", filter_max},
      {"sum", filter_sum},
      {"int", filter_int},
      {"float", filter_float},
      {"abs", filter_abs},
      {"round", filter_round},
      {"tojson", filter_tojson},
      {"indent", filter_indent},
      {"truncate", filter_truncate},
      {"wordcount", filter_wordcount},
      {"format", filter_format},
      {"attr", filter_attr},
      {"batch", filter_batch},
      {"center", filter_center},
      {"groupby", filter_groupby},
      {"slice", filter_slice},
  };
  return kFilters;
}

}  // namespace

bool is_filter(std::string_view name) { return filters().contains(name); }

Value apply_filter(Runtime& runtime, const std::string& name, const Value& input, const CallArguments& arguments) {
  const auto found = filters().find(name);
  if (found == filters().end()) throw RenderError("No filter named '" + name + "'.");
  runtime.charge_steps(kStepsOfObject);
  if (input.is(Type::string)) charge_copy(runtime, input.text());
  if (!structural_filters().contains(name)) charge_walk(runtime, input);
  for (const Value& argument : arguments.positional) charge_walk(runtime, argument);
  for (const auto& argument : arguments.named) charge_walk(runtime, argument.second);
  if (Trace* trace = runtime.trace()) trace->watch_filter(name, input, arguments);
  return found->second(runtime, input, arguments);
}

}  // namespace intelia::jinja
