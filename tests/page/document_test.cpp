// Pages, tables and drawings: text is escaped, markup is unchanged.
#include "page/document.hpp"

#include <doctest/doctest.h>

#include "page/svg.hpp"

using namespace intelia;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a page is self-contained and has colours for light and dark backgrounds") {
  const std::string page = html_head("a <b>", ".own{color:var(--red)}") + html_tail();
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(contains(page, "<title>a &lt;b&gt;</title>"));
  CHECK(contains(page, "prefers-color-scheme: dark"));
  CHECK(contains(page, ".own{color:var(--red)}"));
  CHECK_FALSE(contains(page, "http"));
  CHECK(page.ends_with("</body></html>\n"));
}

TEST_CASE("table headers are escaped, cells are markup, first cells are row headers") {
  HtmlTable table({{"a & b"}, {"n"}, {"words", true}});
  table.add({"<code>x</code>", "1", "two\nlines"});
  CHECK(contains(table.html(), "<th>a &amp; b</th><th>n</th><th class=\"prose\">words</th>"));
  CHECK(contains(table.html(), "<tr><th><code>x</code></th><td>1</td><td class=\"prose\">two\nlines</td></tr>"));
  HtmlTable prose({{"question", true}});
  prose.add({"q"});
  CHECK(contains(prose.html(), "<td class=\"prose\">q</td>"));
}

TEST_CASE("the cells of a table that becomes lists name their columns") {
  HtmlTable table({{"a & b"}, {"words", true}}, HtmlTable::Narrow::lists);
  table.add({"1", "two"});
  CHECK(contains(table.html(), "<div class=\"lists\">"));
  CHECK(contains(table.html(), "<th data-name=\"a &amp; b\">1</th><td class=\"prose\" data-name=\"words\">two</td>"));
  CHECK(contains(list_table_css(), "attr(data-name)"));
  CHECK(contains(list_table_css(), ".lists{overflow-x:auto}"));  // the page itself never scrolls sideways
}

TEST_CASE("a drawing escapes its text") {
  Svg svg(10, 20);
  svg.text("class=\"x\"", 1, 2, "<t>");
  svg.circle("", 1, 2, 3, "a&b");
  svg.polyline("", {{1, 2}, {3, 4}});
  const std::string document = svg.document("<title>", "text{}");
  CHECK(contains(document, "viewBox=\"0 0 10 20\" width=\"10\" height=\"20\""));
  CHECK(contains(document, "<title>&lt;title&gt;</title>"));
  CHECK(contains(document, ">&lt;t&gt;</text>"));
  CHECK(contains(document, "<title>a&amp;b</title></circle>"));
  CHECK(contains(document, "points=\"1.000,2.000 3.000,4.000\""));
  CHECK(contains(svg.element("a \"plot\""), "aria-label=\"a &quot;plot&quot;\""));
}
