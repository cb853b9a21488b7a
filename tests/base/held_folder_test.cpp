#include "base/held_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/path.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

TEST_CASE("a held folder stays the same when its path leads elsewhere") {
  const TemporaryFolder place;
  const fs::path folder = place / "out", other = place / "other", moved = place / "moved";
  make_folder(folder / "inside");
  make_folder(other / "inside");
  write_file(folder / "a", "own");
  write_file(other / "a", "other");
  {
    const HeldFolder held(folder, false);
    CHECK_NOTHROW(check_held_folder(folder));
    AtomicFile open(folder / "open");
    fs::rename(folder, moved);
    fs::create_directory_symlink(other, folder);
    CHECK(read_file(folder / "a") == "own");
    CHECK(sha256_of_file(folder / "a") == sha256_of("own"));
    CHECK(read_file(folder / "inside" / ".." / "a") == "own");
    CHECK(read_file(place / "." / "out" / "a") == "own");
    CHECK(read_file(other / "a") == "other");
    write_file(folder / "b", "new");
    open.commit();
    rename_path(folder / "b", folder / "c");
    CHECK(remove_file(folder / "a"));
    remove_folder(folder / "inside");
    make_folder(folder / "made" / "deep");
    CHECK(folder_members(folder) == std::vector<std::string>{"c", "made", "open"});
    CHECK_THROWS_WITH_AS(check_held_folder(folder),
                         doctest::Contains(("its files are in '" + moved.string() + "'").c_str()), Error);
    CHECK_THROWS_WITH_AS(read_file(folder / "missing"), doctest::Contains((folder / "missing").c_str()), Error);
  }
  CHECK(folder_members(other) == std::vector<std::string>{"a", "inside"});
  CHECK(folder_members(moved) == std::vector<std::string>{"c", "made", "open"});
  CHECK(read_file(folder / "a") == "other");  // no longer held
}

TEST_CASE("holding a folder follows a link only where it may") {
  const TemporaryFolder place;
  make_folder(place / "real");
  fs::create_directory_symlink("real", place / "link");
  CHECK_THROWS_AS(HeldFolder(place / "link", false), Error);
  CHECK_THROWS_AS(HeldFolder(place / "missing", true), Error);
  const HeldFolder held(place / "link" / "", true);
  write_file(place / "link" / "a", "text");
  CHECK(read_file(place / "real" / "a") == "text");
}

TEST_CASE("of nested held folders the innermost counts, and its own name is that in the outer one") {
  const TemporaryFolder place;
  const fs::path outer = place / "outer", inner = outer / "inner";
  make_folder(inner);
  const HeldFolder held(outer, false), held_inside(inner, false);
  fs::rename(inner, outer / "elsewhere");
  write_file(inner / "a", "text");
  CHECK(read_file(outer / "elsewhere" / "a") == "text");
  make_folder(outer / "second");
  rename_path(outer / "second", inner);
  CHECK(fs::is_directory(inner));
}

TEST_CASE("a folder that begins with the name of a held one is not in it") {
  const TemporaryFolder place;
  make_folder(place / "out");
  make_folder(place / "out-2");
  const HeldFolder held(place / "out", false);
  CHECK(held_place(place / "out-2" / "a") == place / "out-2" / "a");
  CHECK(held_place(place / "out" / "a") != place / "out" / "a");
}

TEST_CASE("a folder that several threads hold stays held until the last one releases it") {
  const TemporaryFolder place;
  const fs::path folder = place / "out";
  make_folder(folder);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 200; ++round) {
        const HeldFolder held(folder, false);
        write_file(folder / std::to_string(i), "x");
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(folder_members(folder).size() == 4);
  CHECK(held_place(folder) == folder);
}

TEST_CASE("a folder can be held while its last holder releases it") {
  const TemporaryFolder place;
  std::atomic<int> num_failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 5000; ++round) try {
          const HeldFolder held(place.path, /*may_be_link=*/true);
        } catch (const Error&) {
          ++num_failures;
        }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(num_failures == 0);
}
