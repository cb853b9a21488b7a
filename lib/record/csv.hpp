// Splits one record of comma-separated values (RFC 4180) into cells. Ambiguous input is an error, so that a missing
// quote affects single records and not the rest of the file. Debian's libcsv is not used: it strips blanks of cells,
// does not report where a record begins, does not bound the size of a cell and resynchronizes only when quotes happen
// to be closed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intelia {

class CsvRecord {
 public:
  /**
   * Splits `record`, without its line end, into at most `max_cells` cells; further ones are only counted. Returns a
   * description of the fault, or nothing. A cell in double quotes may contain separators, line ends and doubled quotes.
   */
  std::optional<std::string> split(std::string_view record, char separator, std::size_t max_cells);

  std::size_t num_cells() const { return num_cells_; }

  /** Cell `place` < min(num_cells(), max_cells), valid until the next split; an empty unquoted cell is NULL. */
  std::optional<std::string_view> cell(std::size_t place) const;

 private:
  struct Cell {
    std::size_t begin, end;  // in text_
    bool is_null;
  };
  std::string text_;
  std::vector<Cell> cells_;
  std::size_t num_cells_ = 0;
};

}  // namespace intelia
