// strftime in the C locale, from a date that is given: nothing here reads a clock.
#pragma once

#include <string>
#include <string_view>

#include "jinja/template.hpp"

namespace intelia::jinja {

/** What Python's datetime.strftime gives with glibc for a time without a zone. RenderError naming a code that is not
 * known. */
std::string format_date(std::string_view format, const DateTime& date);

}  // namespace intelia::jinja
