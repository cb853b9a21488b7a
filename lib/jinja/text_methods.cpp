// The methods of str that templates may call, one function each.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "jinja/format.hpp"
#include "jinja/functions.hpp"
#include "jinja/text.hpp"
#include "text/python_characters.hpp"
#include "text/search.hpp"

namespace intelia::jinja {

using std::size_t;

namespace {

/** The bytes of `text` selected by a search's arguments start and end (numbers 1 and 2, in characters). */
struct SearchRange {
  SearchRange(std::string_view text, const CallArguments& arguments) {
    if (arguments.positional.size() < 2) {
      bytes = text;
      return;
    }
    const auto length = static_cast<std::int64_t>(count_code_points(text));
    const auto place = [&](size_t argument, std::int64_t fallback) {
      const std::int64_t index = integer_argument(arguments, argument, "", fallback);
      return index < 0 ? std::max<std::int64_t>(0, index + length) : index;
    };
    const std::int64_t start = place(1, 0);
    const std::int64_t end = std::min(place(2, length), length);
    is_empty = start > end;
    if (is_empty) return;
    begin_character = start;
    const size_t begin = byte_offset(text, static_cast<size_t>(start));
    bytes = text.substr(begin, byte_offset(text.substr(begin), static_cast<size_t>(end - start)));
  }
  std::string_view bytes;
  std::int64_t begin_character = 0;
  bool is_empty = false;  // it contains not even an empty text
};

bool matches_affix(const SearchRange& range, const Value& affix, bool at_start, std::string_view function) {
  const auto one = [&](const Value& value) {
    if (!value.is(Type::string)) {
      throw RenderError(fmt::format("{} first arg must be str or a tuple of str, not {}", function, type_name(value)));
    }
    if (range.is_empty) return false;
    return at_start ? range.bytes.starts_with(value.bytes()) : range.bytes.ends_with(value.bytes());
  };
  if (!affix.is(Type::tuple)) return one(affix);
  return std::any_of(affix.items().begin(), affix.items().end(), one);
}

bool all_characters(std::string_view text, bool (*holds)(char32_t)) {
  if (text.empty()) return false;
  for (size_t i = 0; i < text.size();) {
    size_t length = 1;
    if (!holds(code_point_at(text, i, length))) return false;
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
  charge_copy(runtime, text);
  charge_repetition(runtime, missing, fill.size());
  // CPython puts the extra space of center() on the left when the width is odd.
  const std::int64_t before = alignment == '>' ? missing : alignment == '<' ? 0 : missing / 2 + (missing & width & 1);
  Text out;
  for (std::int64_t i = 0; i < before; ++i) append(out, fill);
  append(out, text);
  for (std::int64_t i = before; i < missing; ++i) append(out, fill);
  return Value::string(std::move(out));
}

Value text_strip(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  return strip(runtime, text, arguments.find(0, ""), Side::both);
}

Value text_lstrip(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  return strip(runtime, text, arguments.find(0, ""), Side::left);
}

Value text_rstrip(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  return strip(runtime, text, arguments.find(0, ""), Side::right);
}

Value text_split(Runtime& runtime, const Text& text, const std::string& name, const CallArguments& arguments) {
  return split(runtime, text, arguments.find(0, "sep"), integer_argument(arguments, 1, "maxsplit", -1),
               name == "rsplit");
}

Value text_splitlines(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  std::vector<Value> lines;
  for (Text& line : split_lines(runtime, text, flag_argument(arguments, 0, "keepends", false)))
    lines.push_back(Value::string(std::move(line)));
  return Value::list(std::move(lines));
}

Value text_startswith(Runtime&, const Text& text, const std::string& name, const CallArguments& arguments) {
  return Value::boolean(matches_affix(SearchRange(text.bytes, arguments), required(arguments, 0, "prefix", name),
                                      name == "startswith", name));
}

Value text_replace(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  required_text(arguments, 0, "replace");
  required_text(arguments, 1, "replace");
  return replace(runtime, text, arguments.positional[0].text(), arguments.positional[1].text(),
                 integer_argument(arguments, 2, "count", -1));
}

/** A method that transforms the whole text: upper, title, … */
template <std::string (*Change)(std::string_view)>
Value text_changed(Runtime& runtime, const Text& text, const std::string&, const CallArguments&) {
  return changed(runtime, text, Change);
}

/** A predicate on every character. */
template <bool (*Holds)(char32_t)>
Value text_is_all(Runtime& runtime, const Text& text, const std::string&, const CallArguments&) {
  charge_characters(runtime, text.bytes);
  return Value::boolean(all_characters(text.bytes, Holds));
}

/** A predicate on the whole text. */
template <bool (*Holds)(std::string_view)>
Value text_is(Runtime& runtime, const Text& text, const std::string&, const CallArguments&) {
  charge_characters(runtime, text.bytes);
  return Value::boolean(Holds(text.bytes));
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

bool is_all_printable(std::string_view text) { return text.empty() || all_characters(text, python::is_printable); }

Value text_format(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  return format_braces(runtime, text, arguments);
}

Value text_join(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  const std::vector<Value> items = charged_items(runtime, required(arguments, 0, "iterable", "join"));
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i].is(Type::string)) {
      throw RenderError(fmt::format("sequence item {}: expected str instance, {} found", i, type_name(items[i])));
    }
  }
  return join(runtime, text, items);
}

Value text_find(Runtime&, const Text& text, const std::string& name, const CallArguments& arguments) {
  const std::string& wanted = required_text(arguments, 0, name);
  const SearchRange range(text.bytes, arguments);
  size_t found = name[0] == 'r' ? find_last_text(range.bytes, wanted) : find_text(range.bytes, wanted);
  if (range.is_empty) found = std::string_view::npos;
  if (found == std::string_view::npos) {
    if (name.ends_with("index")) throw RenderError("substring not found");
    return Value::integer(-1);
  }
  return Value::integer(range.begin_character +
                        static_cast<std::int64_t>(count_code_points(range.bytes.substr(0, found))));
}

Value text_count(Runtime&, const Text& text, const std::string& name, const CallArguments& arguments) {
  const std::string& wanted = required_text(arguments, 0, name);
  const SearchRange range(text.bytes, arguments);
  if (range.is_empty) return Value::integer(0);
  if (wanted.empty()) return Value::integer(static_cast<std::int64_t>(count_code_points(range.bytes)) + 1);
  std::int64_t count = 0;
  for (size_t at = find_text(range.bytes, wanted); at != std::string_view::npos;
       at = find_text(range.bytes, wanted, at + wanted.size()))
    ++count;
  return Value::integer(count);
}

Value text_removeprefix(Runtime& runtime, const Text& text, const std::string& name, const CallArguments& arguments) {
  const std::string& bytes = text.bytes;
  const std::string& affix = required_text(arguments, 0, name);
  charge_copy(runtime, text);
  if (name == "removeprefix" && bytes.starts_with(affix))
    return Value::string(substring(text, affix.size(), bytes.size()));
  if (name == "removesuffix" && bytes.ends_with(affix))
    return Value::string(substring(text, 0, bytes.size() - affix.size()));
  return Value::string(text);
}

Value text_zfill(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  const std::string& bytes = text.bytes;
  const std::int64_t width = integer_argument(arguments, 0, "width", 0);
  const auto length = static_cast<std::int64_t>(count_code_points(bytes));
  if (width <= length) return Value::string(text);
  charge_copy(runtime, text);
  runtime.charge_bytes(static_cast<size_t>(width));
  const size_t sign = !bytes.empty() && (bytes[0] == '-' || bytes[0] == '+');
  Text out = substring(text, 0, sign);
  append(out, std::string(static_cast<size_t>(width - length), '0'));
  append(out, substring(text, sign, bytes.size()));
  return Value::string(std::move(out));
}

Value text_ljust(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  return padded(runtime, text, arguments, '<');
}

Value text_rjust(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  return padded(runtime, text, arguments, '>');
}

Value text_center(Runtime& runtime, const Text& text, const std::string&, const CallArguments& arguments) {
  return padded(runtime, text, arguments, '^');
}

Value text_partition(Runtime& runtime, const Text& text, const std::string& name, const CallArguments& arguments) {
  const std::string& bytes = text.bytes;
  const std::string& mark = required_text(arguments, 0, name);
  if (mark.empty()) throw RenderError("empty separator");
  charge_copy(runtime, text);
  runtime.charge_bytes(mark.size());
  runtime.charge_steps(3 * kStepsOfObject);
  const bool from_right = name[0] == 'r';
  const size_t found = from_right ? find_last_text(bytes, mark) : find_text(bytes, mark);
  const Value empty = Value::string("");
  if (found == std::string::npos) {
    return Value::list(from_right ? std::vector<Value>{empty, empty, Value::string(text)}
                                  : std::vector<Value>{Value::string(text), empty, empty},
                       Type::tuple);
  }
  return Value::list({Value::string(substring(text, 0, found)), Value::string(mark),
                      Value::string(substring(text, found + mark.size(), bytes.size()))},
                     Type::tuple);
}

using TextMethod = Value (*)(Runtime&, const Text&, const std::string&, const CallArguments&);

const std::map<std::string, TextMethod, std::less<>>& text_methods() {
  static const std::map<std::string, TextMethod, std::less<>> kMethods = {
      {"capitalize", text_changed<python::capitalize>},
      {"casefold", text_changed<python::casefold>},
      {"center", text_center},
      {"count", text_count},
      {"endswith", text_startswith},
      {"find", text_find},
      {"format", text_format},
      {"index", text_find},
      {"isalnum", text_is_all<python::is_alnum>},
      {"isalpha", text_is_all<python::is_alpha>},
      {"isascii", text_is<is_ascii>},
      {"isdecimal", text_is_all<python::is_decimal>},
      {"isdigit", text_is_all<python::is_digit>},
      {"islower", text_is<python::is_lower>},
      {"isnumeric", text_is_all<python::is_numeric>},
      {"isprintable", text_is<is_all_printable>},
      {"isspace", text_is_all<is_space>},
      {"istitle", text_is<python::is_title>},
      {"isupper", text_is<python::is_upper>},
      {"join", text_join},
      {"ljust", text_ljust},
      {"lower", text_changed<python::lower>},
      {"lstrip", text_lstrip},
      {"partition", text_partition},
      {"removeprefix", text_removeprefix},
      {"removesuffix", text_removeprefix},
      {"replace", text_replace},
      {"rfind", text_find},
      {"rindex", text_find},
      {"rjust", text_rjust},
      {"rpartition", text_partition},
      {"rsplit", text_split},
      {"rstrip", text_rstrip},
      {"split", text_split},
      {"splitlines", text_splitlines},
      {"startswith", text_startswith},
      {"strip", text_strip},
      {"swapcase", text_changed<python::swapcase>},
      {"title", text_changed<python::title>},
      {"upper", text_changed<python::upper>},
      {"zfill", text_zfill},
  };
  return kMethods;
}

}  // namespace

bool is_text_method(std::string_view name) { return text_methods().contains(name); }

Value call_text_method(Runtime& runtime, const Text& text, const std::string& name, const CallArguments& arguments) {
  const auto found = text_methods().find(name);
  if (found == text_methods().end()) throw RenderError("the method str." + name + " is not supported");
  charge_text(runtime, text.bytes);
  return found->second(runtime, text, name, arguments);
}

}  // namespace intelia::jinja
