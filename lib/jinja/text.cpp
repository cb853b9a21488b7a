// See text.hpp.
#include "jinja/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>

#include "jinja/trace.hpp"
#include "text/python_characters.hpp"
#include "text/search.hpp"

namespace intelia::jinja {

using std::size_t;

ByteRange stripped(std::string_view text, const std::string* characters, Side side) {
  std::set<std::string_view> given;
  for (size_t i = 0; characters != nullptr && i < characters->size();) {
    const size_t length = character_bytes(*characters, i);
    given.insert(std::string_view(*characters).substr(i, length));
    i += length;
  }
  const auto is_stripped = [&](size_t position, size_t& length) {
    const char32_t c = code_point_at(text, position, length);
    return characters == nullptr ? is_space(c) : given.contains(text.substr(position, length));
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

Value strip(Runtime& runtime, const Text& text, const Value* characters, Side side) {
  const bool by_space = characters == nullptr || characters->is(Type::none);
  const TextPtr taken = by_space ? nullptr : to_text(*characters);
  const std::string* bytes = taken ? &taken->bytes : nullptr;
  const ByteRange range = stripped(text.bytes, bytes, side);
  charge_characters(runtime, std::string_view(text.bytes).substr(range.end - range.begin));
  if (bytes != nullptr) runtime.charge_steps(static_cast<std::int64_t>(bytes->size()));
  charge_copy(runtime, text, range.end - range.begin);
  Text result = substring(text, range.begin, range.end);
  if (Trace* trace = runtime.trace()) trace->watch_strip(text, result, side, bytes);
  return Value::string(std::move(result));
}

Value replace(Runtime& runtime, const Text& text, const Text& from, const Text& to, std::int64_t count) {
  Text out;
  out.is_safe = text.is_safe;
  size_t position = 0;
  constexpr size_t kBytesOfMatch = 8;  // what finding one costs
  charge_copy(runtime, text);
  const auto charge = [&] { charge_copy(runtime, to, to.bytes.size() + kBytesOfMatch); };
  if (from.bytes.empty()) {
    while (count != 0) {
      charge();
      append(out, to);
      --count;
      if (position >= text.bytes.size()) return Value::string(std::move(out));
      const size_t next = position + character_bytes(text.bytes, position);
      append(out, text, position, next);
      position = next;
    }
    append(out, text, position, text.bytes.size());
    return Value::string(std::move(out));
  }
  while (count != 0) {
    const size_t found = find_text(text.bytes, from.bytes, position);
    if (found == std::string::npos) break;
    charge();
    append(out, text, position, found);
    append(out, to);
    position = found + from.bytes.size();
    --count;
  }
  if (position == 0) return Value::string(text);
  append(out, text, position, text.bytes.size());
  return Value::string(std::move(out));
}

Value changed(Runtime& runtime, const Text& text, std::string (*change)(std::string_view)) {
  constexpr std::int64_t kMaxGrowth = 3;  // of a letter: "ΐ" has two bytes, its upper case six
  charge_characters(runtime, text.bytes);
  charge_repetition(runtime, kMaxGrowth, text.bytes.size());
  return Value::string(with_bytes(text, change(text.bytes)));
}

namespace {

constexpr size_t kBytesOfPart = 192;  // memory of a part of a text as a separate value

/** The parts of a split, each charged before it is created. */
class Parts {
 public:
  explicit Parts(Runtime& runtime) : runtime_(runtime) {}
  void add(size_t begin, size_t end) {
    runtime_.charge_bytes(kBytesOfPart);
    ranges.push_back({begin, end});
  }
  std::vector<ByteRange> ranges;

 private:
  Runtime& runtime_;
};

/** The words of `bytes`, with the rest after `max_splits` in one piece. */
void split_at_blanks(std::string_view bytes, std::int64_t max_splits, bool from_right, Parts& parts) {
  for (size_t i = 0; i < bytes.size();) {
    size_t length = 1;
    if (is_space(code_point_at(bytes, i, length))) {
      i += length;
      continue;
    }
    const size_t begin = i;
    while (i < bytes.size() && !is_space(code_point_at(bytes, i, length))) i += length;
    parts.add(begin, i);
  }
  std::vector<ByteRange>& words = parts.ranges;
  if (max_splits < 0 || static_cast<size_t>(max_splits) + 1 >= words.size()) return;
  if (from_right) {
    const size_t joined = words.size() - static_cast<size_t>(max_splits);
    words[joined - 1].begin = words.front().begin;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(joined) - 1);
  } else {
    words.resize(static_cast<size_t>(max_splits) + 1);
    words.back().end = stripped(bytes, nullptr, Side::right).end;
  }
}

void split_at_mark(std::string_view bytes, std::string_view mark, std::int64_t max_splits, Parts& parts) {
  size_t begin = 0;
  for (; max_splits != 0; --max_splits) {
    const size_t found = find_text(bytes, mark, begin);
    if (found == std::string_view::npos) break;
    parts.add(begin, found);
    begin = found + mark.size();
  }
  parts.add(begin, bytes.size());
}

void split_at_mark_from_right(std::string_view bytes, std::string_view mark, std::int64_t max_splits, Parts& parts) {
  const std::string reversed(bytes.rbegin(), bytes.rend()), reversed_mark(mark.rbegin(), mark.rend());
  split_at_mark(reversed, reversed_mark, max_splits, parts);
  for (ByteRange& range : parts.ranges) range = {bytes.size() - range.end, bytes.size() - range.begin};
  std::reverse(parts.ranges.begin(), parts.ranges.end());
}

}  // namespace

Value split(Runtime& runtime, const Text& text, const Value* separator, std::int64_t max_splits, bool from_right) {
  charge_copy(runtime, text);
  Parts parts(runtime);
  if (separator == nullptr || separator->is(Type::none)) {
    split_at_blanks(text.bytes, max_splits, from_right, parts);
  } else {
    if (!separator->is(Type::string)) throw RenderError("must be str or None, not " + type_name(*separator));
    if (separator->bytes().empty()) throw RenderError("empty separator");
    if (from_right)
      split_at_mark_from_right(text.bytes, separator->bytes(), max_splits, parts);
    else
      split_at_mark(text.bytes, separator->bytes(), max_splits, parts);
  }
  std::vector<Value> items;
  items.reserve(parts.ranges.size());
  for (const ByteRange& part : parts.ranges) items.push_back(Value::string(substring(text, part.begin, part.end)));
  return Value::list(std::move(items));
}

namespace {

bool is_line_end(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

}  // namespace

std::vector<Text> split_lines(Runtime& runtime, const Text& text, bool keep_ends) {
  charge_copy(runtime, text);
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
    runtime.charge_bytes(kBytesOfPart);
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
    charge_walk(runtime, item);
    const TextPtr piece = to_text(item);
    charge_copy(runtime, separator);
    charge_copy(runtime, *piece, piece->bytes.size() + 1);
    if (!is_first) append(out, separator);
    is_first = false;
    append(out, *piece);
  }
  return Value::string(std::move(out));
}

namespace {

/** The part of `text` that int() and float() parse: without surrounding whitespace and `_` between digits; nothing
   where there is one elsewhere. Letters count as digits of integers. */
std::optional<std::string> number_in(std::string_view text, bool is_integer) {
  const ByteRange range = stripped(text, nullptr, Side::both);
  const std::string digits = python::with_ascii_digits(text.substr(range.begin, range.end - range.begin));
  const auto is_digit_at = [&](size_t i) {
    const auto byte = static_cast<unsigned char>(i < digits.size() ? digits[i] : '_');
    return std::isdigit(byte) || (is_integer && std::isalpha(byte));
  };
  std::string number;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] != '_') {
      number += digits[i];
    } else if (i == 0 || !is_digit_at(i - 1) || !is_digit_at(i + 1)) {
      return std::nullopt;
    }
  }
  return number;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t base) {
  if (base < 0 || base == 1 || base > 36) return std::nullopt;
  const std::optional<std::string> read = number_in(text, true);
  if (!read) return std::nullopt;
  const std::string& digits = *read;
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
  const auto parsed =
      std::from_chars(digits.data() + at, digits.data() + digits.size(), number, static_cast<int>(base));
  if (parsed.ec == std::errc::result_out_of_range && parsed.ptr == digits.data() + digits.size()) {
    throw RenderError("a number does not fit in 64 bits");
  }
  if (at >= digits.size() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() ||
      digits[at] == '-') {
    return std::nullopt;
  }
  return is_negative ? -number : number;
}

std::optional<double> parse_real(std::string_view text) {
  const std::optional<std::string> read = number_in(text, false);
  if (!read) return std::nullopt;
  const std::string& digits = *read;
  const size_t at = !digits.empty() && digits[0] == '+' ? 1 : 0;
  // from_chars would accept the minus of "+-1", and nan(text).
  if (digits.starts_with("+-") || digits.ends_with(')')) return std::nullopt;
  double number = 0;
  const auto parsed = std::from_chars(digits.data() + at, digits.data() + digits.size(), number);
  if (at >= digits.size() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size())
    return std::nullopt;
  return number;
}

std::int64_t truncated(double number) {
  if (!(std::fabs(number) < 9.2e18)) throw RenderError("a number does not fit in 64 bits");
  return static_cast<std::int64_t>(number);
}

namespace {

std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out += byte;
    }
  }
  return out;
}

}  // namespace

Text escaped(Runtime& runtime, const Text& text) {
  constexpr std::size_t kMaxGrowth = 5;  // "&quot;" is "&#34;"
  if (text.is_safe) return text;
  charge_repetition(runtime, kMaxGrowth, text.bytes.size());
  return with_bytes(text, escape_markup(text.bytes));
}

}  // namespace intelia::jinja
