// Expected texts are those of Python's html.escape(text, quote=True), except for the apostrophe, which needs no escape
// between double quotes.
#include "page/markup.hpp"

#include <doctest/doctest.h>

using intelia::escape_markup;

TEST_CASE("markup characters are escaped") {
  CHECK(escape_markup("<a href=\"x\">Tom & 'Jerry'</a>") == "&lt;a href=&quot;x&quot;&gt;Tom &amp; 'Jerry'&lt;/a&gt;");
  CHECK(escape_markup("&lt;") == "&amp;lt;");
  CHECK(escape_markup("poule pondeuse: œuf, 鸡") == "poule pondeuse: œuf, 鸡");
}

TEST_CASE("control characters that XML does not allow become spaces") {
  CHECK(escape_markup(std::string_view("a\0b\x1b[31m\x01", 8)) == "a b [31m");
  CHECK(escape_markup("a\tb\nc\r") == "a\tb\nc\r");
}
