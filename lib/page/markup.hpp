// Text as part of an HTML or SVG document.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

/** `text` for the content or a quoted attribute of an element; control characters that XML does not allow become
   spaces. */
std::string escape_markup(std::string_view text);

}  // namespace intelia
