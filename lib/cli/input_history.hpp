// The lines typed in earlier sessions, in a file: one JSON string per line, mode 0600.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/sinks.hpp"

namespace intelia {

class InputHistory {
 public:
  /** Reads the last lines of `path`, which need not exist; empty: no file is used. A file that cannot be read or
     written is no error: a warning says so, and the history is that of this session alone. */
  InputHistory(std::filesystem::path path, Log& log);

  /** The lines of earlier sessions, oldest first. */
  const std::vector<std::string>& lines() const { return lines_; }
  /** Appends `line` to the file, unless it is the same as the last one. */
  void add(std::string_view line);

 private:
  void read();
  void append(const std::string& text);
  /** Runs `work`; after an Error the file is no longer used. */
  template <class Work>
  void guarded(const Work& work);

  std::filesystem::path path_;
  Log& log_;
  std::vector<std::string> lines_;
  std::string last_;
};

}  // namespace intelia
