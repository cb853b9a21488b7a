// Text from outside in a form that cannot control a terminal.
#include "text/visible_text.hpp"

#include <doctest/doctest.h>

using namespace intelia;

TEST_CASE("control characters, invisible characters and bytes that are not UTF-8 become visible") {
  CHECK(visible("é\t🐔 a") == "é\t🐔 a");
  CHECK(visible("\x1b[2J\r\x7f") == "\\u{1b}[2J\\u{d}\\u{7f}");
  CHECK(visible("\u202e\u200b\ufeff\u0085") == "\\u{202e}\\u{200b}\\u{feff}\\u{85}");
  CHECK(visible("a\xff\xc3") == "a\ufffd\ufffd");
}

TEST_CASE("newlines are shown, made, or both") {
  CHECK(visible("a\nb", Newlines::shown) == "a\\u{a}b");
  CHECK(visible("a\nb", Newlines::made) == "a\nb");
  CHECK(visible("a\nb", Newlines::shown_and_made) == "a↵\nb");
}
