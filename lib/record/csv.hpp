// One record of comma-separated values (RFC 4180) → its cells. Strict: what could be read in two ways is a fault, so
// that a quote that was forgotten costs the records that it touches and not the rest of a file.
// Debian's libcsv was looked at: it strips blanks of cells, cannot say where a record begins, has no bound on a cell's
// size and goes on with the next record only when the quotes happen to be closed.
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
   * Splits `record`, which has no line end, into at most `max_cells`; the rest is only counted. Returns the fault in
   * words, or nothing. A cell may stand in double quotes, and there hold separators, line ends and doubled quotes.
   */
  std::optional<std::string> split(std::string_view record, char separator, std::size_t max_cells);

  std::size_t num_cells() const { return num_cells_; }

  /** A cell below num_cells() and max_cells, valid until the next split; an empty one without quotes is NULL. */
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
