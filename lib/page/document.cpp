#include "page/document.hpp"

#include <fmt/format.h>

#include "page/markup.hpp"

namespace intelia {

namespace {

constexpr const char* kLight =
    "--text: #1c2127;--page: #ffffff;--soft: #5b6672;--line: #d8dee5;--shade: #f5f7f9;--green: #1a7f4b;"
    "--green-shade: #d9f2dd;--red: #b3362b;--amber: #8a6d1d;--blue: #0969da;--orange: #bc4c00";
constexpr const char* kDark =
    "--text: #e6eaee;--page: #14181c;--soft: #9aa6b2;--line: #39424c;--shade: #1d2328;--green: #4cc38a;"
    "--green-shade: #17452a;--red: #f0796d;--amber: #d9b44a;--blue: #58a6ff;--orange: #f0883e";

constexpr const char* kBaseStyle = R"(
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);max-width:78rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2.2rem 0 .6rem}p{margin:.4rem 0}.soft{color:var(--soft)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}th:first-child{text-align:left}
td.prose,th.prose{text-align:left;white-space:pre-wrap;vertical-align:top;min-width:14rem}
code{font-size:.85em;overflow-wrap:anywhere}
)";

/** `name`: of the column, for where its head is not shown; may be empty. */
std::string cell(const char* element, bool is_prose, std::string_view content, std::string_view name = "") {
  const std::string label = name.empty() ? "" : " data-name=\"" + escape_markup(name) + "\"";
  return fmt::format("<{0}{1}{2}>{3}</{0}>", element, is_prose ? " class=\"prose\"" : "", label, content);
}

/** Of tables whose cells wrap where the page is not wide, and whose rows are lists where it is narrow. */
constexpr const char* kListStyle = R"(
.lists{overflow-x:auto}
@media (max-width:72rem){.lists :is(th,td){padding:.35rem .3rem}.lists .prose{min-width:8rem}}
@media (max-width:68rem){.lists :is(th,td):not(.prose){white-space:normal}}
@media (max-width:52rem){.lists thead{display:none}.lists tr{display:block;border-bottom:2px solid var(--line);padding:.4rem 0}
.lists th,.lists td{display:block;border:0;text-align:left;white-space:pre-wrap;overflow-wrap:anywhere;min-width:0;padding:.15rem 0}
.lists td[data-name]::before,.lists th[data-name]::before{content:attr(data-name) ": ";color:var(--soft);font-weight:400}}
)";

}  // namespace

std::string palette_css(std::string_view selector) {
  return fmt::format("{0}{{color-scheme:light dark;{1}}}\n@media (prefers-color-scheme: dark){{{0}{{{2}}}}}\n",
                     selector, kLight, kDark);
}

std::string html_head(std::string_view title, std::string_view style) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><meta name=\"generator\" content=\"intelia\"><title>{}</title>\n"
      "<style>\n{}{}{}</style></head><body>\n",
      escape_markup(title), palette_css(":root"), kBaseStyle, style);
}

std::string html_tail() { return "</body></html>\n"; }

const char* list_table_css() { return kListStyle; }

HtmlTable::HtmlTable(std::vector<Column> columns, Narrow narrow) : columns_(std::move(columns)), narrow_(narrow) {}

void HtmlTable::add(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i)
    rows_ += cell(i == 0 && !columns_[i].is_prose ? "th" : "td", columns_[i].is_prose, cells[i],
                  narrow_ == Narrow::lists ? columns_[i].name : std::string());
  rows_ += "</tr>\n";
}

std::string HtmlTable::html() const {
  std::string head;
  for (const Column& column : columns_) head += cell("th", column.is_prose, escape_markup(column.name));
  const char* start = narrow_ == Narrow::lists ? "<div class=\"lists\">" : "<div class=\"scroll\">";
  return start + std::string("<table><thead><tr>") + head + "</tr></thead><tbody>\n" + rows_ +
         "</tbody></table></div>\n";
}

}  // namespace intelia
