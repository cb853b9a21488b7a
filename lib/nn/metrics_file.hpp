// metrics.jsonl: appended line by line; a resumed run truncates it to the lines that its checkpoint counts. A run that
// will replace an earlier one writes it under a hidden name first.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace intelia::nn {

class MetricsFile {
 public:
  /** Keeps the first `num_lines` lines of the file. Throws Error{input} when it has fewer, or when one is incomplete.
     With `is_hidden` the file is new and called `.NAME.partial` until publish(). */
  MetricsFile(const std::filesystem::path& path, std::int64_t num_lines, bool is_hidden = false);
  ~MetricsFile();
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  void append(const std::string& line);
  /** Gives a hidden file its name, in place of an earlier one. */
  void publish();
  /** Flushes to disk and returns the number of lines. */
  std::int64_t sync();

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_, hidden_path_;  // hidden: empty once it is published
  int file_ = -1;
  std::int64_t num_lines_ = 0;
};

}  // namespace intelia::nn
