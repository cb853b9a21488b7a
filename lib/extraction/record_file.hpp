// Reads the records of a regular file, first in order, then again by offset. It knows where a record ends, not what is
// in it, and detects changes of the file between the two.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace intelia::extraction {

class RecordFile {
 public:
  enum class Ends {
    line,        // a record is a line
    even_quotes  // a record ends at the first line end after an even number of double quotes
  };

  struct Record {
    std::string_view bytes;  // without line end, truncated if too long; valid until the next call
    std::uint64_t offset = 0;
    std::int64_t line = 0;  // of its first line, from 1
    std::uint64_t size_bytes = 0;
    bool is_too_long = false;  // larger than max_record_bytes
    bool is_open = false;      // its quotes are unbalanced up to the end or max_record_bytes: bytes is its first line
  };

  /** Opens `path`. Throws Error{usage} for what cannot be read twice (a pipe, a folder), Error{io}; Error{input} for
      UTF-16. A byte order mark of UTF-8 is skipped. */
  RecordFile(const std::filesystem::path& path, Ends ends, std::size_t max_record_bytes);
  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  /** Reads the next record; false at the end. */
  bool next(Record& record);

  /** Reduces `record`, the last one, to its first line; next() continues with its second. */
  void keep_first_line_only(Record& record);

  /** Reads the bytes at an offset. Throws Error{io}; Error{input} when the file has become shorter. */
  void read_at(std::uint64_t offset, std::size_t num_bytes, std::string& bytes) const;

  /** Throws Error{input} when the file has changed since it was opened. */
  void check_unchanged() const;
  [[noreturn]] void fail_as_changed() const;

  /** Of the whole file; valid when next() has returned false. */
  const std::string& sha256() const;
  std::uint64_t size_bytes() const;  // when it was opened
  const std::filesystem::path& path() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
