// Python's operations on str that filters and methods share. Texts keep the sources of their bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/arguments.hpp"
#include "text/byte_range.hpp"

namespace intelia::jinja {

enum class Side { left = 1, right = 2, both = 3 };

/** The range of `text` without `characters` (null: whitespace) at its ends. */
ByteRange stripped(std::string_view text, const std::string* characters, Side side);
Value strip(Runtime& runtime, const Text& text, const Value* characters, Side side);
/** At most `count` replacements; negative: all. */
Value replace(Runtime& runtime, const Text& text, const Text& from, const Text& to, std::int64_t count);
/** The whole text with its letters changed: upper, title, … */
Value changed(Runtime& runtime, const Text& text, std::string (*change)(std::string_view));
/** A list; split by whitespace when there is no separator. */
Value split(Runtime& runtime, const Text& text, const Value* separator, std::int64_t max_splits, bool from_right);
std::vector<Text> split_lines(Runtime& runtime, const Text& text, bool keep_ends);
Value join(Runtime& runtime, const Text& separator, const std::vector<Value>& items);

/** `text` with the characters of HTML escaped, unless it is safe; charged. */
Text escaped(Runtime& runtime, const Text& text);

/** Python's int() and float() of text; nothing where they fail (also for a base that Python refuses). RenderError on
 * overflow of 64 bits. */
std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t base);
std::optional<double> parse_real(std::string_view text);
/** Python's int() of a float. RenderError on overflow of 64 bits. */
std::int64_t truncated(double number);

}  // namespace intelia::jinja
