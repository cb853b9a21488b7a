// Paths that are missing, of another type, or inaccessible.
#include "base/path.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

/** Until it is destroyed, this process cannot read files of root. */
class Unprivileged {
 public:
  Unprivileged() { REQUIRE((::geteuid() != 0 || ::seteuid(65534) == 0)); }
  ~Unprivileged() {
    if (::getuid() == 0) REQUIRE(::seteuid(0) == 0);
  }
};

}  // namespace

TEST_CASE("the type of a path: file, folder, other or missing") {
  TemporaryFolder folder;
  write_file(folder / "file", "x");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  fs::create_symlink("file", folder / "link");
  fs::create_symlink("nothing", folder / "dangling");
  CHECK(path_type(folder / "file") == PathType::file);
  CHECK(path_type(folder / "link") == PathType::file);
  CHECK(path_type(folder.path) == PathType::folder);
  CHECK(path_type(folder / "pipe") == PathType::other);
  for (const char* name : {"none", "dangling", "file/below", "none/below"})
    CHECK(path_type(folder / name) == PathType::missing);
}

TEST_CASE("input_problem describes the problem") {
  TemporaryFolder folder;
  write_file(folder / "file", "x");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(input_problem(folder / "file", InputType::file).empty());
  CHECK(input_problem(folder / "file", InputType::stream).empty());
  CHECK(input_problem(folder / "file", InputType::folder) == "is not a folder");
  CHECK(input_problem(folder.path, InputType::folder).empty());
  CHECK(input_problem(folder.path, InputType::file) == "is a folder");
  CHECK(input_problem(folder.path, InputType::stream) == "is a folder");
  CHECK(input_problem(folder / "pipe", InputType::file) == "is not a regular file");
  CHECK(input_problem(folder / "pipe", InputType::stream).empty());
  for (const InputType type : {InputType::file, InputType::stream, InputType::folder})
    CHECK(input_problem(folder / "‹(none)", type) == "does not exist");
  CHECK(refusal([&] { check_input(folder / "none", InputType::file); }, Kind::usage) ==
        "'" + (folder / "none").string() + "' does not exist");
  CHECK_NOTHROW(check_input(folder / "file", InputType::file));
}

TEST_CASE("an inaccessible path is an Error that names it, in every function") {
  TemporaryFolder folder;
  fs::create_directory(folder / "closed");
  write_file(folder / "closed/file", "x");
  ::chmod(folder.path.c_str(), 0755);
  ::chmod((folder / "closed").c_str(), 0);
  {
    const Unprivileged unprivileged;
    const fs::path file = folder / "closed/file";
    const std::string words = "'" + file.string() + "': Permission denied";
    CHECK(contains(refusal([&] { path_type(file); }, Kind::io), words));
    CHECK(contains(refusal([&] { file_bytes(file); }, Kind::io), words));
    CHECK(contains(refusal([&] { remove_file(file); }, Kind::io), words));
    CHECK(contains(refusal([&] { make_folder(folder / "closed/more"); }, Kind::io), "Permission denied"));
    CHECK(contains(refusal([&] { folder_members(folder / "closed"); }, Kind::io), "Permission denied"));
    CHECK(contains(refusal([&] { remove_folder(folder / "closed/folder"); }, Kind::io), "Permission denied"));
    CHECK(contains(refusal([&] { rename_path(file, folder / "new"); }, Kind::io), "new': Permission denied"));
    CHECK(contains(refusal([&] { free_disk_bytes(file); }, Kind::io), "Permission denied"));
    CHECK_FALSE(is_same_file(file, file));
    CHECK(input_problem(file, InputType::file) == "cannot be read: Permission denied");
    CHECK(input_problem(folder / "closed", InputType::folder) == "cannot be read: Permission denied");
  }
  ::chmod((folder / "closed").c_str(), 0700);
}

TEST_CASE("folder entries are sorted, and the nearest existing folder is found") {
  TemporaryFolder folder;
  for (const char* name : {"b", "a", ".c"}) write_file(folder / name, "");
  CHECK(folder_members(folder.path) == std::vector<std::string>{".c", "a", "b"});
  CHECK(nearest_existing(folder / "x/y/z") == absolute_path(folder.path));
  CHECK(is_same_file(folder / "a", folder.path / "." / "a"));
  CHECK_FALSE(is_same_file(folder / "a", folder / "b"));
  CHECK(absolute_path(folder.path / "x" / "." / ".." / "a" / "") == folder / "a");
  CHECK(absolute_path("/") == "/");
  CHECK(remove_file(folder / "a"));
  CHECK_FALSE(remove_file(folder / "a"));
}

TEST_CASE("remove_folder removes links and not what they refer to; rename_path replaces") {
  TemporaryFolder folder;
  make_folder(folder / "kept");
  write_file(folder / "kept/file", "");
  make_folder(folder / "removed/inner");
  fs::create_symlink(folder / "kept", folder / "removed/inner/link");
  remove_folder(folder / "removed");
  remove_folder(folder / "removed");
  CHECK(path_type(folder / "removed") == PathType::missing);
  CHECK(is_file(folder / "kept/file"));
  write_file(folder / "a", "a");
  write_file(folder / "b", "b");
  rename_path(folder / "a", folder / "b");
  CHECK(folder_members(folder.path) == std::vector<std::string>{"b", "kept"});
  CHECK(read_file(folder / "b") == "a");
  CHECK(contains(refusal([&] { rename_path(folder / "a", folder / "c"); }, Kind::io), "No such file"));
}

TEST_CASE("in a removed folder, a relative path is an Error and not an exception of std::filesystem") {
  const fs::path before = fs::current_path();
  {
    TemporaryFolder folder;
    fs::current_path(folder.path);
  }
  CHECK(contains(refusal([] { absolute_path("x"); }, Kind::io), "current folder"));
  CHECK(contains(refusal([] { free_disk_bytes("x"); }, Kind::io), "current folder"));
  fs::current_path(before);
}
