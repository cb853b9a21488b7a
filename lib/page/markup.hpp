// Text as part of an HTML or SVG document.
#pragma once

#include <string>
#include <string_view>

namespace intelia {

/** `text` for the content or a quoted attribute of an element; a control character that XML does not know becomes a
 * space. */
std::string escape_markup(std::string_view text);

}  // namespace intelia
