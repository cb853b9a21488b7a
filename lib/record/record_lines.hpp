// The lines of a JSON Lines file: which of them are records, whatever command reads them. It does not know what a
// record is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "base/sinks.hpp"

namespace intelia {

/** The fault of a line that LineReader has truncated. */
inline constexpr const char* kLineTooLong = "line is longer than 64 MiB";

/** Whether a line contains nothing but white space; it is not a record, and not an error. */
bool is_blank_line(std::string_view line);

/** The number of bytes of a UTF-8 byte order mark that `beginning`, of a file, starts with: 3 or 0. Throws Error{input}
    for UTF-16. `path` is used in the message. */
std::size_t byte_order_mark_bytes(std::string_view beginning, const std::filesystem::path& path);

/** Reads the lines of a LineReader that are records: without blank lines, the first one without a byte order mark. */
class RecordLines {
 public:
  explicit RecordLines(LineReader lines) : lines_(std::move(lines)) {}
  explicit RecordLines(const std::filesystem::path& path) : lines_(path) {}

  /** The next record, valid until the next call; nothing at the end. Throws Error{input} for a file in UTF-16. */
  std::optional<std::string_view> next();
  bool is_too_long() const { return lines_.is_too_long(); }
  std::int64_t line_number() const { return lines_.line_number(); }
  const std::filesystem::path& path() const { return lines_.path(); }
  /** As LineReader's. */
  bool has_line() const { return lines_.has_line(); }
  bool is_ready(int timeout_ms = 0) const { return lines_.is_ready(timeout_ms); }

 private:
  LineReader lines_;
};

/** Counts the records in which a key occurs twice. */
class DuplicateKeys {
 public:
  /** `where`: "file:line" of the record; `key`: see Conversation::duplicate_key, empty for none. */
  void add(const std::string& where, const std::string& key) {
    if (!key.empty() && ++count_ == 1) first_ = where + ", key '" + key + "'";
  }
  std::int64_t count() const { return count_; }
  const std::string& first() const { return first_; }
  /** Logs one warning with the count and the first record, if there is one. */
  void warn(Log& log) const;

 private:
  std::int64_t count_ = 0;
  std::string first_;
};

}  // namespace intelia
