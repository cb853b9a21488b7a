// strftime in the C locale for a given date; never reads the clock.
#pragma once

#include <string>
#include <string_view>

#include "jinja/template.hpp"

namespace intelia::jinja {

/** Python's datetime.strftime with glibc, for a time without a zone. RenderError names an unknown code. */
std::string format_date(std::string_view format, const DateTime& date);

}  // namespace intelia::jinja
