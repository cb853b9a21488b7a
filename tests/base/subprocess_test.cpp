// Real processes: input, output and exit status.
#include "base/subprocess.hpp"

#include <csignal>
#include <string>

#include "base/file.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("running a process: its output and its exit status") {
  const ProcessResult echoed = run_process({"sh", "-c", "echo said; echo hidden >&2; exit 3"});
  CHECK(echoed.output == "said\n");
  CHECK(echoed.exit_status == 3);
  CHECK(run_process({"sh", "-c", "kill -9 $$"}).exit_status == 137);
  CHECK(run_process({"no-such-program"}).exit_status == 127);
}

TEST_CASE("a child reads all input, in its own session, and its output is in the log") {
  const TemporaryFolder folder;
  const auto never = [] { return false; };
  folder.write("log", "of an earlier run, and longer than what is said now");
  ChildProcess child({"sh", "-c", "wc -c; cut -d' ' -f6 /proc/$$/stat >&2; exit 5"}, folder.path / "log", folder.path);
  const std::string piece(300'000, 'x');  // more than a pipe holds
  CHECK(child.write(piece, never));
  CHECK(child.write("end", never));
  CHECK(!child.wait(0));
  child.close_input();
  CHECK(child.wait(30) == 5);
  CHECK(child.wait(0) == 5);
  const std::string said = read_file(folder.path / "log");
  CHECK(std::stoll(said) == 300'003);
  CHECK(std::stoll(said.substr(said.find('\n'))) == child.id());
}

TEST_CASE("a child that stops reading, one that never reads, one that cannot be started") {
  ::signal(SIGPIPE, SIG_IGN);
  const TemporaryFolder folder;
  const std::string piece(300'000, 'x');
  const auto never = [] { return false; };
  const auto at_once = [] { return true; };
  ChildProcess gone({"true"}, folder.path / "log", folder.path);
  CHECK(!gone.write(piece, never));
  CHECK(gone.wait(30) == 0);
  ChildProcess deaf({"sleep", "60"}, folder.path / "log", folder.path);
  CHECK(!deaf.write(piece, at_once));
  CHECK(!deaf.wait(0.05));
  ::kill(deaf.id(), SIGKILL);
  CHECK(deaf.wait(30) == 137);
  CHECK(contains(refusal([&] { ChildProcess absent({"no-such-program"}, folder.path / "log", folder.path); }, Kind::io),
                 "no-such-program"));
  CHECK(contains(refusal([&] { ChildProcess unlogged({"true"}, folder.path / "absent/log", folder.path); }, Kind::io),
                 "absent/log"));
}

TEST_CASE("a child reaches its folder after that is renamed and another one has its path") {
  const TemporaryFolder place;
  const auto folder = place.path / "folder";
  std::filesystem::create_directory(folder);
  ChildProcess child({"sh", "-c", "read line; echo said > /proc/$$/fd/3/file"}, place.path / "log", folder);
  std::filesystem::rename(folder, place.path / "moved");
  std::filesystem::create_directory(folder);
  CHECK(child.write("go\n", [] { return false; }));
  CHECK(child.wait(30) == 0);
  CHECK(read_file(place.path / "moved" / "file") == "said\n");
  CHECK(std::filesystem::is_empty(folder));
  CHECK(contains(refusal([&] { ChildProcess absent({"true"}, place.path / "log", place.path / "none"); }, Kind::io),
                 "none"));
}
