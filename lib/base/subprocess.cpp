#include "base/subprocess.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/held_folder.hpp"
#include "base/owned_file.hpp"
#include "base/path.hpp"

extern char** environ;

namespace intelia {

namespace {

/** `arguments` as posix_spawn wants them; they must outlive it. */
std::vector<char*> argument_pointers(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/** Converts the status of waitpid to the exit status of a shell. */
int exit_status_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

std::string python_program() {
  if (const char* named = std::getenv("INTELIA_PYTHON"); named != nullptr && *named != 0) return named;
  return is_reachable_file(INTELIA_BUILD_PYTHON) ? INTELIA_BUILD_PYTHON : "python3";
}

ProcessResult run_process(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(Kind::internal, "cannot make a pipe: " + system_message(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  const std::vector<char*> argv = argument_pointers(arguments);
  pid_t child = 0;
  int failure = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  ProcessResult result;
  if (failure != 0) {
    ::close(ends[0]);
    result.exit_status = 127;
    result.start_error = failure;
    return result;
  }
  char buffer[4096];
  for (;;) {
    ssize_t num_read = ::read(ends[0], buffer, sizeof buffer);
    if (num_read < 0 && errno == EINTR) continue;
    if (num_read <= 0) break;
    result.output.append(buffer, static_cast<std::size_t>(num_read));
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.exit_status = exit_status_of(status);
  return result;
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const std::filesystem::path& log,
                           const std::filesystem::path& folder) {
  const OwnedFile place{::open(held_place(folder).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (place.number < 0) throw Error(Kind::io, "cannot open folder '" + folder.string() + "': " + system_message(errno));
  const OwnedFile log_file{
      ::open(held_entry(log).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)};
  if (log_file.number < 0) throw Error(Kind::io, "cannot write '" + log.string() + "': " + system_message(errno));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(Kind::io, "cannot make a pipe: " + system_message(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
  posix_spawn_file_actions_adddup2(&actions, log_file.number, 1);
  posix_spawn_file_actions_adddup2(&actions, log_file.number, 2);
  posix_spawn_file_actions_adddup2(&actions, place.number, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  const std::vector<char*> argv = argument_pointers(arguments);
  const int failure = ::posix_spawnp(&child_, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[0]);
  input_ = ends[1];
  if (failure != 0) {
    close_input();
    throw Error(Kind::io, "cannot start '" + arguments[0] + "': " + system_message(failure));
  }
  ::fcntl(input_, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() { close_input(); }

bool ChildProcess::write(std::string_view bytes, const std::function<bool()>& gives_up) {
  while (!bytes.empty()) {
    const ssize_t num_written = ::write(input_, bytes.data(), bytes.size());
    if (num_written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(num_written));
    } else if (errno == EAGAIN) {
      if (gives_up()) return false;
      pollfd place{input_, POLLOUT, 0};
      ::poll(&place, 1, /*milliseconds=*/100);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void ChildProcess::close_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

std::optional<int> ChildProcess::wait(double seconds) {
  for (const double until = monotonic_seconds() + seconds; !exit_status_;) {
    int status = 0;
    const pid_t ended = ::waitpid(child_, &status, WNOHANG);
    if (ended == child_)
      exit_status_ = exit_status_of(status);
    else if (ended < 0 && errno != EINTR)
      exit_status_ = 255;  // already waited for elsewhere
    else if (monotonic_seconds() >= until)
      break;
    else
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return exit_status_;
}

}  // namespace intelia
