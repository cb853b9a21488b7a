// Running other programs: to completion, capturing their output; or concurrently, writing to their standard input.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intelia {

/** The Python for programs that are written in it: $INTELIA_PYTHON, else that of the build if it exists, else python3.
 */
std::string python_program();

struct ProcessResult {
  int exit_status = -1;  // 128 + N when a signal ended it; 127 when it could not be started
  int start_error = 0;   // why it could not be started (errno)
  std::string output;    // its standard output
};

/** Runs `arguments` (the first is looked up in PATH) without a shell, discards standard error, and waits for it. */
ProcessResult run_process(const std::vector<std::string>& arguments);

/**
 * A concurrent process that reads from this one. It runs in its own session: it receives no signals of the terminal and
 * may outlive this process. Its standard output and error are written to `log` (mode 0600, truncated first). Its
 * descriptor 3 is `folder`, so that /proc/ID/fd/3 leads there while it runs, whatever becomes of the path.
 */
class ChildProcess {
 public:
  /** Throws Error{io} when the folder cannot be opened, or the pipe, the log or the process cannot be created. */
  ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& log,
               const std::filesystem::path& folder);
  /** Closes its standard input; does not end the process. */
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /** Writes all of `bytes` to its standard input, blocking while the pipe is full; false when the process no longer
   * reads or `gives_up()`. */
  bool write(std::string_view bytes, const std::function<bool()>& gives_up);
  /** Closes its standard input. */
  void close_input();
  /** Its exit status, as in ProcessResult, if it ends within `seconds`. */
  std::optional<int> wait(double seconds);
  pid_t id() const { return child_; }

 private:
  pid_t child_ = -1;
  int input_ = -1;
  std::optional<int> exit_status_;
};

}  // namespace intelia
