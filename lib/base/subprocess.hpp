// Two ways to run another program: to its end, reading what it says; or beside this one, writing to it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intelia {

struct ProcessResult {
  int exit_status = -1;  // 128 + N when a signal ended it; 127 when it could not be started
  std::string output;    // its standard output
};

/** Runs `arguments` (the first is sought in PATH) without a shell, standard error discarded, and waits for its end. */
ProcessResult run_process(const std::vector<std::string>& arguments);

/**
 * A program that reads from this one. It has a session of its own: signals of the terminal are not for it, and it may
 * go on when this one has ended. Its standard output and error go into `log` (0600, written anew).
 */
class ChildProcess {
 public:
  /** Error{io} when the pipe, the log or the process cannot be made. */
  ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& log);
  /** Closes its input; a process that has not ended goes on. */
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /** Writes all of `bytes` to its standard input, waiting for it to read; false when it reads no more, or `gives_up` is
   * set. */
  bool write(std::string_view bytes, const std::atomic<bool>& gives_up);
  /** Closes its standard input. */
  void close_input();
  /** Its exit status, as in ProcessResult, once it has ended; waits up to `seconds` for that. */
  std::optional<int> wait(double seconds);
  pid_t id() const { return child_; }

 private:
  pid_t child_ = -1;
  int input_ = -1;
  std::optional<int> exit_status_;
};

}  // namespace intelia
