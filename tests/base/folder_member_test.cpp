// Which links in a model folder are followed.
#include "base/folder_member.hpp"

#include <doctest/doctest.h>

#include "base/path.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

TEST_CASE("links inside the folder are followed, links out of it are not") {
  const TemporaryFolder folder;
  const fs::path model = folder / "model";
  make_folder(model / "inner");
  folder.write("secret", "secret");
  folder.write("model/inner/real.json", "{}");
  fs::create_symlink("inner/real.json", model / "config.json");
  fs::create_symlink("../secret", model / "tokenizer.json");
  fs::create_symlink(folder.path, model / "out");
  fs::create_symlink("missing", model / "broken");
  fs::create_symlink("model", folder / "alias");
  CHECK(read_member(model, "config.json") == "{}");
  CHECK(read_member(folder / "alias", "config.json") == "{}");
  for (const char* name : {"tokenizer.json", "out/secret", "../secret"}) {
    CAPTURE(name);
    CHECK(refusal([&] { read_member(model, name); }).find("leads outside its folder") != std::string::npos);
  }
  CHECK(refusal([&] { read_member(model, "inner"); }).find("not a regular file") != std::string::npos);
  CHECK(has_member(model, "broken"));
  CHECK_FALSE(has_member(model, "absent"));
  CHECK(refusal([&] { read_member(model, "broken"); }).find("No such file") != std::string::npos);
}

TEST_CASE("a snapshot of a Hugging Face cache links to the blobs of its own repository") {
  const TemporaryFolder cache;
  for (const char* name : {"models--a--b/blobs", "models--a--b/snapshots/1f", "models--c--d/blobs"})
    make_folder(cache / name);
  cache.write("models--a--b/blobs/77", "ours");
  cache.write("models--c--d/blobs/88", "theirs");
  const fs::path snapshot = cache / "models--a--b/snapshots/1f";
  fs::create_symlink("../../blobs/77", snapshot / "config.json");
  fs::create_symlink("../../../models--c--d/blobs/88", snapshot / "tokenizer.json");
  CHECK(read_member(snapshot, "config.json") == "ours");
  CHECK(refusal([&] { read_member(snapshot, "tokenizer.json"); }).find("leads outside") != std::string::npos);
}
