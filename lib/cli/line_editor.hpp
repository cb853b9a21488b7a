// Reads lines from a terminal with editing and a history, by libedit. It knows nothing about what the lines mean.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sinks.hpp"

namespace intelia {

class LineEditor {
 public:
  enum class End {
    line,         // Enter
    interrupted,  // Ctrl-C
    input,        // Ctrl-D in an empty line, or the terminal is gone
  };

  /** Reads from standard input, a terminal, and draws on `out`, another or the same. `words` are completed by Tab at
     the beginning of a line. Keys are those of Emacs, or as ~/.editrc binds them. Error{io} when it cannot be set up.
   */
  LineEditor(std::FILE* out, std::vector<std::string> words);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /** Reads a line, without newline; what is pasted may contain newlines. Bytes that are not UTF-8 become U+FFFD. `line`
     is also set when it was interrupted. Throws Interrupted when `stop` is set by another signal than SIGINT; SIGINT is
      taken and ends the line as Ctrl-C does. */
  End read(std::string_view prompt, std::string& line, const StopFlag& stop);

  /** Adds a line to those that the arrow keys bring back. */
  void add_to_history(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia
