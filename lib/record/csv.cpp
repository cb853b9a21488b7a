#include "record/csv.hpp"

#include <fmt/format.h>

namespace intelia {

std::optional<std::string> CsvRecord::split(std::string_view record, char separator, std::size_t max_cells) {
  text_.clear();
  cells_.clear();
  num_cells_ = 0;
  std::size_t place = 0;
  for (;;) {
    const std::size_t begin = text_.size();
    const bool is_quoted = place < record.size() && record[place] == '"';
    if (is_quoted) {
      for (++place;;) {
        const std::size_t quote = record.find('"', place);
        if (quote == std::string_view::npos) return fmt::format("quote is not closed: in cell {}", num_cells_ + 1);
        text_.append(record, place, quote - place);
        place = quote + 1;
        if (place == record.size() || record[place] != '"') break;
        text_ += '"';
        ++place;
      }
      if (place < record.size() && record[place] != separator)
        return fmt::format("text after a closing quote: in cell {}; double a quote inside quotes", num_cells_ + 1);
    } else {
      const std::size_t end = std::min(record.find(separator, place), record.size());
      const std::string_view words = record.substr(place, end - place);
      if (words.find('"') != std::string_view::npos)
        return fmt::format("quote inside a cell without quotes: in cell {}; quote the cell and double the quote",
                           num_cells_ + 1);
      text_ += words;
      place = end;
    }
    if (num_cells_ < max_cells)
      cells_.push_back({begin, text_.size(), !is_quoted && text_.size() == begin});
    else
      text_.resize(begin);
    ++num_cells_;
    if (place == record.size()) return std::nullopt;
    ++place;  // the separator
  }
}

std::optional<std::string_view> CsvRecord::cell(std::size_t place) const {
  const Cell& cell = cells_.at(place);
  if (cell.is_null) return std::nullopt;
  return std::string_view(text_).substr(cell.begin, cell.end - cell.begin);
}

}  // namespace intelia
