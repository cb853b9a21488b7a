#include "record/record_lines.hpp"

#include <fmt/format.h>

#include <tuple>

#include "base/counted.hpp"
#include "base/error.hpp"

namespace intelia {

bool is_blank_line(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

std::size_t byte_order_mark_bytes(std::string_view beginning, const std::filesystem::path& path) {
  if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff"))
    throw Error(Kind::input, "'" + path.string() +
                                 "' is UTF-16; convert it with "
                                 "'iconv -f UTF-16 -t UTF-8 OLD > NEW'");
  for (const auto& [mark, name, program] : {std::tuple("\x1f\x8b", "gzip", "gunzip"),
                                            {"\x28\xb5\x2f\xfd", "zstd", "unzstd"},
                                            {"\xfd"
                                             "7zXZ",
                                             "xz", "unxz"},
                                            {"PK\x03\x04", "zip", "unzip"}})
    if (beginning.starts_with(mark))
      throw Error(Kind::input, fmt::format("'{}' is compressed with {}; decompress it first, with '{}'", path.string(),
                                           name, program));
  return beginning.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

std::optional<std::string_view> RecordLines::next() {
  while (auto line = lines_.next()) {
    if (lines_.line_number() == 1) line->remove_prefix(byte_order_mark_bytes(*line, lines_.path()));
    if (lines_.is_too_long() || !is_blank_line(*line)) return line;
  }
  return std::nullopt;
}

void DuplicateKeys::warn(Log& log) const {
  if (count_ == 0) return;
  log.warning(fmt::format("a key occurs twice in {}; the last value is used; the first is {}",
                          counted(count_, "record"), first_));
}

}  // namespace intelia
