// Signals that would end the program without words: a mapped file that is truncated.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.hpp"
#include "program.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("reading a mapped file that was truncated ends with status 1 and names the file") {
  const TemporaryFolder folder;
  const auto path = folder.write("weights", std::string(1 << 20, 'x'));
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    static StopFlag stop;
    install_signals(stop);
    const MappedFile file(path);
    if (::truncate(path.c_str(), 0) != 0) ::_exit(2);
    ::_exit(file.data()[4096] == std::byte{0} ? 3 : 4);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  ::close(ends[1]);
  std::string words(4096, 0);
  words.resize(static_cast<std::size_t>(std::max<ssize_t>(::read(ends[0], words.data(), words.size()), 0)));
  ::close(ends[0]);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(words == "intelia: cannot read '" + path.string() +
                     "': it was truncated, or its disk failed, while it was being read\n");
}

TEST_CASE("an interrupt that is taken ends nothing, and another signal does") {
  const pid_t child = ::fork();
  if (child == 0) {
    static StopFlag stop;
    install_signals(stop);
    {
      const StopFlag::InterruptsTaken taken(stop);
      for (int i = 0; i < 3; ++i) ::raise(SIGINT);
      if (stop.signal_number() != SIGINT || stop.take(SIGTERM) || !stop.take(SIGINT) || stop.is_set()) ::_exit(1);
      ::raise(SIGINT);
      ::raise(SIGTERM);  // is not hidden by an interrupt, nor hides one
      ::raise(SIGINT);
      if (stop.signal_number() != SIGTERM || stop.take(SIGINT)) ::_exit(2);
    }
    ::raise(SIGINT);  // the second signal that asks to end
    ::_exit(3);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + SIGINT);
}

TEST_CASE("what must be finished after a signal leaves time to tell of it, and not more") {
  const auto status_of = [](unsigned milliseconds_after) {
    const pid_t child = ::fork();
    if (child == 0) {
      static StopFlag stop;
      install_signals(stop);
      {
        const StopFlag::Grace grace(stop);
        ::raise(SIGTERM);
        for (int i = 0; i < 100; ++i) ::usleep(20'000);  // longer than without it; the timer interrupts some
      }
      for (unsigned i = 0; i < milliseconds_after / 20; ++i) ::usleep(20'000);
      ::_exit(7);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
  };
  CHECK(status_of(300) == 7);
  CHECK(status_of(60'000) == 128 + SIGTERM);
}

TEST_CASE("the path of a mapped file is known while it is mapped") {
  const TemporaryFolder folder;
  const auto path = folder.write("a", "abc");
  const std::byte* data = nullptr;
  {
    MappedFile file(path);
    data = file.data();
    CHECK(mapped_path(data + 2) == path.string());
    CHECK(mapped_path(&folder) == nullptr);
    const MappedFile moved = std::move(file);
    CHECK(mapped_path(data) == path.string());
  }
  CHECK(mapped_path(data) == nullptr);
}
