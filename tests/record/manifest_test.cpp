// Which folders may be overwritten, and manifests of other versions and programs.
#include "record/manifest.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include "base/error.hpp"
#include "record/json.hpp"

using namespace intelia;
namespace fs = std::filesystem;

TEST_CASE("an output folder of another command is not opened") {
  std::string name = (fs::temp_directory_path() / "intelia-test-XXXXXX").string();
  const fs::path root = ::mkdtemp(name.data());
  { OutputFolder fresh(root / "a", "extract", false); }
  { OutputFolder after_a_kill(root / "a", "extract", false); }
  { OutputFolder of_another_killed_at_once(root / "a", "train sft", false); }
  { OutputFolder back_again(root / "a", "extract", false); }
  write_file(root / "a" / "train.jsonl", "x");
  CHECK_THROWS_WITH_AS(OutputFolder(root / "a", "train sft", false), doctest::Contains("were not written by"), Error);
  write_manifest(root / "a", make_manifest("extract", "0.1.0", Json::object()));
  { OutputFolder again(root / "a", "extract", false); }
  { OutputFolder forced(root / "a", "train sft", true); }
  fs::create_directories(root / "b");
  write_file(root / "b" / "thesis.txt", "x");
  CHECK_THROWS_AS(OutputFolder(root / "b", "extract", false), Error);
  write_file(root / "file", "x");
  CHECK_THROWS_WITH_AS(OutputFolder(root / "file", "extract", true), doctest::Contains("is a file"), Error);
  {
    OutputFolder held(root / "a", "extract", true);
    CHECK_THROWS_WITH_AS(OutputFolder(root / "a", "extract", true), doctest::Contains("try again"), Error);
  }
  fs::remove_all(root);
}

TEST_CASE("a manifest of a newer format, or without a format, is an error") {
  std::string name = (fs::temp_directory_path() / "intelia-test-XXXXXX").string();
  const fs::path root = ::mkdtemp(name.data());
  CHECK_FALSE(read_manifest(root).has_value());
  write_file(root / "manifest.json", R"({"format":2})");
  CHECK_THROWS_WITH_AS(read_manifest(root), doctest::Contains("newer intelia"), Error);
  write_file(root / "manifest.json", R"({"format":18446744073709551615})");
  CHECK_THROWS_WITH_AS(read_manifest(root), doctest::Contains("newer intelia"), Error);
  write_file(root / "manifest.json", R"({"format":1,"invented later":true})");
  CHECK(read_manifest(root).has_value());
  write_file(root / "manifest.json", "{}");
  CHECK_THROWS_AS(read_manifest(root), Error);
  fs::remove_all(root);
}
