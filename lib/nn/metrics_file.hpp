// metrics.jsonl: appended line by line; a resumed run truncates it to the lines that its checkpoint counts. A run that
// will replace an earlier one writes it under a hidden name first.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/hash.hpp"

namespace intelia::nn {

/** Lines from the beginning of the file, and the XXH3-64 of what is in them, without "measured", as 16 hexadecimal
    digits: the same in equal runs. */
struct MetricsLines {
  std::int64_t count = 0;
  std::string checksum;
};

class MetricsFile {
 public:
  /** Keeps the lines `kept`. Throws Error{input} when the file does not begin with them. With `is_hidden` the file is
     new and called `.NAME.partial` until publish(). */
  MetricsFile(const std::filesystem::path& path, const MetricsLines& kept, bool is_hidden = false);
  ~MetricsFile();
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  void append(const std::string& line);
  /** Gives a hidden file its name, in place of an earlier one. */
  void publish();
  /** Flushes to disk and returns what the file has. */
  MetricsLines sync();

 private:
  std::int64_t read(const MetricsLines& kept);
  void add_to_checksum(std::string_view line);
  MetricsLines lines() const;
  [[noreturn]] void fail() const;

  std::filesystem::path path_, hidden_path_;  // hidden: empty once it is published
  int file_ = -1;
  std::int64_t num_lines_ = 0;
  Checksum checksum_;
};

}  // namespace intelia::nn
