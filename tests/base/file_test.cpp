// Atomic files, lines in bounded memory, and locks.
#include "base/file.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

TEST_CASE("a file appears at commit, complete, with its hash and mode") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "out.jsonl";
  {
    AtomicFile file(path);
    file.write("abc");
    CHECK_FALSE(fs::exists(path));
    file.commit();
    CHECK(file.num_bytes() == 3);
    CHECK(file.sha256() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
  }
  CHECK(read_file(path) == "abc");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("without commit there is no file, and the old one is unchanged") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "out";
  write_file(path, "old");
  {
    AtomicFile file(path);
    file.write("new");
  }
  CHECK(read_file(path) == "old");
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

namespace {

std::ptrdiff_t num_open_files() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

}  // namespace

TEST_CASE("assigning to an open file discards what it had written") {
  TemporaryFolder folder;
  const std::ptrdiff_t num_before = num_open_files();
  {
    AtomicFile file(folder.path / "a");
    file.write("discarded");
    file = AtomicFile(folder.path / "b");
    CHECK_FALSE(fs::exists(folder.path / ".a.partial"));
    CHECK(num_open_files() == num_before + 1);
    // The new temporary file of the same name replaces the old one before that is discarded.
    file.write("discarded too");
    file = AtomicFile(folder.path / "b");
    file.write("whole");
    AtomicFile& itself = file;
    file = std::move(itself);
    file.commit();
  }
  CHECK(num_open_files() == num_before);
  CHECK(read_file(folder.path / "b") == "whole");
  CHECK_FALSE(fs::exists(folder.path / ".b.partial"));
}

TEST_CASE("assigning to a mapped file unmaps it at once") {
  TemporaryFolder folder;
  write_file(folder.path / "a", "aaaa");
  write_file(folder.path / "b", "bb");
  const auto is_mapped = [&](const char* name) {
    return read_file("/proc/self/maps").find((folder.path / name).string()) != std::string::npos;
  };
  MappedFile first(folder.path / "a"), second(folder.path / "b");
  first = std::move(second);
  CHECK(first.size_bytes() == 2);
  CHECK_FALSE(is_mapped("a"));
  CHECK(is_mapped("b"));
  MappedFile& itself = first;
  first = std::move(itself);
  CHECK(first.size_bytes() == 2);
  CHECK(is_mapped("b"));
}

TEST_CASE("a temporary file of a killed run is replaced, a link in its place is not followed") {
  TemporaryFolder folder;
  const fs::path victim = folder.path / "victim";
  write_file(victim, "precious");
  fs::create_symlink(victim, folder.path / ".out.partial");
  write_file(folder.path / "out", "text");
  CHECK(read_file(victim) == "precious");
  CHECK(read_file(folder.path / "out") == "text");
}

TEST_CASE("errors name the path and the cause") {
  TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(write_file(folder.path / "none" / "out", "x"), doctest::Contains("No such file or directory"),
                       Error);
  CHECK_THROWS_WITH_AS(read_file(folder.path), doctest::Contains("Is a directory"), Error);
  write_file(folder.path / "big", "123456");
  CHECK_THROWS_WITH_AS(read_file(folder.path / "big", 5), doctest::Contains("larger than 5 bytes"), Error);
}

TEST_CASE("lines with and without a last newline, empty lines, CR kept") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "lines";
  write_file(path, "a\n\nb\r\nlast");
  LineReader lines(path);
  std::vector<std::string> found;
  while (auto line = lines.next()) found.emplace_back(*line);
  CHECK(found == std::vector<std::string>{"a", "", "b\r", "last"});
  CHECK(lines.line_number() == 4);
}

TEST_CASE("a line above the maximum is truncated, the next one is complete") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "lines";
  write_file(path, "first\n" + std::string(1'000'000, 'x') + "\nthird\n");
  LineReader lines(path, InputType::file, 1000);
  CHECK(*lines.next() == "first");
  CHECK_FALSE(lines.is_too_long());
  CHECK(lines.next()->size() == 1000);
  CHECK(lines.is_too_long());
  CHECK(lines.line_number() == 2);
  CHECK(*lines.next() == "third");
  CHECK_FALSE(lines.is_too_long());
  CHECK_FALSE(lines.next().has_value());
}

TEST_CASE("the maximum length of a line applies wherever read chunks end") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "lines";
  for (const std::size_t size : {99u, 100u, 101u, 300'000u}) {
    write_file(path, std::string(size, 'x') + "\nnext\n" + std::string(size, 'y'));
    LineReader lines(path, InputType::file, 100);
    CHECK(lines.next()->size() == std::min<std::size_t>(size, 100));
    CHECK(lines.is_too_long() == (size > 100));
    CHECK(*lines.next() == "next");
    CHECK_FALSE(lines.is_too_long());
    CHECK(lines.next()->size() == std::min<std::size_t>(size, 100));
    CHECK(lines.is_too_long() == (size > 100));
    CHECK(lines.line_number() == 3);
    CHECK_FALSE(lines.next().has_value());
  }
}

TEST_CASE("a lock has one holder, which the error names") {
  TemporaryFolder folder;
  const fs::path path = folder.path / ".lock";
  {
    FileLock held(path, "intelia extract");
    try {
      FileLock second(path);
      FAIL("the second lock was given");
    } catch (const Error& error) {
      CHECK(error.kind() == Kind::unavailable);
      CHECK(std::string(error.what()).find("process " + std::to_string(::getpid())) != std::string::npos);
    }
  }
  FileLock again(path);
}

TEST_CASE("the error about a lock in the current folder names that folder") {
  TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path);
  {
    const FileLock held(".lock", "intelia generate");
    CHECK_THROWS_WITH_AS(FileLock(".lock"), doctest::Contains("'.' is in use by process"), Error);
  }
  fs::current_path(before);
}

TEST_CASE("a shortage of disk is told in units that show it") {
  const TemporaryFolder folder;
  CHECK(disk_shortage(folder.path, 1, "it needs") == "");
  const std::string said = disk_shortage(folder.path, std::uint64_t{1} << 62, "it needs");
  CHECK(contains(said, "B free and it needs 4611686018.4 GB"));
}

TEST_CASE("a pipe or a device is not read where a regular file is expected") {
  const TemporaryFolder folder;
  const fs::path pipe = folder.path / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);  // without a writer: opening it would block
  for (const fs::path& path : {pipe, fs::path("/dev/zero")}) {
    CHECK_THROWS_WITH_AS(read_file(path), doctest::Contains("is not a regular file"), Error);
    CHECK_THROWS_WITH_AS(LineReader{path}, doctest::Contains("is not a regular file"), Error);
    CHECK_THROWS_WITH_AS(MappedFile{path}, doctest::Contains("is not a regular file"), Error);
    CHECK_THROWS_WITH_AS(sha256_of_file(path), doctest::Contains("is not a regular file"), Error);
    CHECK_THROWS_WITH_AS(FileLock(path, "note"), doctest::Contains("is not a regular file"), Error);
  }
  CHECK_THROWS_WITH_AS(read_file("/dev/zero", 1000, InputType::stream), doctest::Contains("larger than"), Error);
  CHECK(read_file("/dev/null", 1000, InputType::stream).empty());
}
