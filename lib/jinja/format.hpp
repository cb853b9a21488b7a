// Python's two kinds of string formatting: str.format and the operator %.
#pragma once

#include <vector>

#include "jinja/arguments.hpp"

namespace intelia::jinja {

/** "{} {name!r:>8}".format(…). */
Value format_braces(Runtime& runtime, const Text& format, const CallArguments& arguments);
/** left % right for strings, and the filter format. */
Value format_percent(Runtime& runtime, const Text& format, const std::vector<Value>& values);

}  // namespace intelia::jinja
