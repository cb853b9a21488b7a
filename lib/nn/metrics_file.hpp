// metrics.jsonl: appended line by line; a resumed run truncates it to the lines that its checkpoint counts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace intelia::nn {

class MetricsFile {
 public:
  /** Keeps the first `num_lines` lines of the file. Throws Error{input} when it has fewer, or when one is incomplete.
   */
  MetricsFile(const std::filesystem::path& path, std::int64_t num_lines);
  ~MetricsFile();
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  void append(const std::string& line);
  /** Flushes to disk and returns the number of lines. */
  std::int64_t sync();

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  int file_ = -1;
  std::int64_t num_lines_ = 0;
};

}  // namespace intelia::nn
