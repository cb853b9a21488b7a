// The terminal's side of the sinks: log lines, the live progress line, and the quiet end of a closed pipe.
#pragma once

#include <exception>
#include <mutex>
#include <string>
#include <string_view>

#include "base/sinks.hpp"
#include "cli/command.hpp"

namespace intelia {

/** Thrown when the reader of standard output went away: no error, the program ends with 0. */
struct ClosedPipe : std::exception {
  const char* what() const noexcept override { return "standard output was closed"; }
};

/** Log lines on stderr: "intelia: …", or JSON objects. The live progress line is wiped before each. */
class TerminalLog final : public Log {
 public:
  void configure(const CommonOptions& common, bool uses_color);
  void write(Level level, std::string_view message) override;
  /** Draws `line` in place of the last live line, and above it the lines of `picture` when the terminal has room for
     them; an empty line takes both away. Only on a terminal. */
  void draw_live(std::string_view line, std::string_view picture = "");
  bool is_quiet() const { return is_quiet_; }

 private:
  void wipe();
  std::mutex mutex_;
  bool is_quiet_ = false, is_verbose_ = false, is_json_ = false, uses_color_ = false;
  int num_live_lines_ = 0;
};

/** Redrawn ten times a second on a terminal; elsewhere a plain line every ten seconds. */
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

/** Whether to colour what goes to `file`. */
bool wants_color(CommonOptions::Color choice, std::FILE* file);

}  // namespace intelia
