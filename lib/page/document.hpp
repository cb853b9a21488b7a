// Building blocks of self-contained HTML pages: head, colours for light and dark backgrounds, base style, tables. Knows
// no report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia {

/** CSS that defines the colours of every page as variables of `selector`, for light and dark backgrounds: --text --page
    --soft --line --shade --green --green-shade --red --amber --blue --orange. */
std::string palette_css(std::string_view selector);

/** The page up to <body>: `title` is text, `style` is CSS that is added to the base style. */
std::string html_head(std::string_view title, std::string_view style);

std::string html_tail();

/** CSS of tables that are lists on a narrow page. */
const char* list_table_css();

/** A table that scrolls sideways where it is wider than the page, or shows each row as a list of named values there. */
class HtmlTable {
 public:
  struct Column {
    std::string name;       // text
    bool is_prose = false;  // wraps, with its line breaks kept; else numbers or short words on one line
  };
  enum class Narrow { scrolls, lists };
  explicit HtmlTable(std::vector<Column> columns, Narrow narrow = Narrow::scrolls);
  /** One cell per column, as markup; the first is the row's header unless its column is prose. */
  void add(const std::vector<std::string>& cells);
  std::string html() const;

 private:
  std::vector<Column> columns_;
  Narrow narrow_;
  std::string rows_;
};

}  // namespace intelia
