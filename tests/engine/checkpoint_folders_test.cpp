// Which folders are checkpoints.
#include "engine/checkpoint_folders.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

TEST_CASE("checkpoints are folders named by a step, newest first") {
  const TemporaryFolder folder;
  CHECK_FALSE(has_checkpoints(folder.path / "absent"));
  for (const char* other : {"checkpoint-", "checkpoint-1x", "checkpoint-best", ".checkpoint-3", "checkpoints"})
    fs::create_directory(folder.path / other);
  folder.write("checkpoint-7", "a file");
  CHECK_FALSE(has_checkpoints(folder.path));
  for (const char* name : {"checkpoint-9", "checkpoint-10"}) fs::create_directory(folder.path / name);
  const auto found = list_checkpoints(folder.path);
  REQUIRE(found.size() == 2);
  CHECK(found[0] == std::pair<std::int64_t, fs::path>(10, folder.path / "checkpoint-10"));
  CHECK(found[1].first == 9);
  CHECK(has_checkpoints(folder.path));
}
