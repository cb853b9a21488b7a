// Log messages and progress on stderr, and the exception for a closed standard output.
#pragma once

#include <exception>
#include <mutex>
#include <string>
#include <string_view>

#include "base/sinks.hpp"
#include "cli/command.hpp"

namespace intelia {

/** Thrown when the reader of standard output has closed it: not an error, the program exits with status 0. */
struct ClosedPipe : std::exception {
  const char* what() const noexcept override { return "standard output was closed"; }
};

/** Log messages on stderr, one line each: "intelia: …" with invisible characters and newlines escaped, or a JSON
   object. The progress line is erased before each. */
class TerminalLog final : public Log {
 public:
  void configure(const CommonOptions& common, bool uses_color);
  void write(Level level, std::string_view message) override;
  /** Replaces the progress line by `line`, and the lines above it by those of `picture` if the terminal is high enough;
     an empty `line` erases both. Call it only for a terminal. */
  void draw_live(std::string_view line, std::string_view picture = "");
  bool is_quiet() const { return is_quiet_; }

 private:
  void wipe();
  std::mutex mutex_;
  bool is_quiet_ = false, is_verbose_ = false, is_json_ = false, uses_color_ = false;
  int num_live_lines_ = 0;
};

/** Progress: on a terminal a line that is updated ten times per second, otherwise a log message every ten seconds. */
class TerminalProgress final : public Progress {
 public:
  explicit TerminalProgress(TerminalLog& log);
  void update(const ProgressPoint& point) override;
  void picture(std::string_view lines) override { picture_ = lines; }
  void finish() override;

 private:
  TerminalLog& log_;
  bool is_terminal_;
  double started_ = -1, drawn_ = -1;
  std::int64_t first_done_ = 0;
  std::string unit_, picture_;
};

/** Whether TERM names a terminal without control sequences. */
bool is_dumb_terminal();

/** Whether output to `file` is colored: --color, then NO_COLOR and TERM, then whether it is a terminal. */
bool wants_color(CommonOptions::Color choice, std::FILE* file);

}  // namespace intelia
