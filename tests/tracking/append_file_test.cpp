// Appending records, truncation of later bytes, and symbolic links.
#include "tracking/append_file.hpp"

#include "base/file.hpp"
#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("records are in the file as soon as they are appended, after the kept bytes") {
  const TemporaryFolder folder;
  const auto path = folder.write("file", "kept torn");
  AppendFile file(path, 5);
  file.append("and more");
  CHECK(read_file(path) == "kept and more");
  file.append("!");
  CHECK(read_file(path) == "kept and more!");
}

TEST_CASE("a new file has mode 0600, a link is an error, a full disk leaves no partial record") {
  const TemporaryFolder folder;
  AppendFile file(folder.path / "new");
  CHECK((std::filesystem::status(folder.path / "new").permissions() & std::filesystem::perms(0777)) ==
        std::filesystem::perms(0600));
  std::filesystem::create_symlink(folder.path / "new", folder.path / "link");
  CHECK(contains(refusal([&] { AppendFile link(folder.path / "link"); }, Kind::io), "link'"));
  CHECK(contains(refusal([&] { AppendFile full("/dev/full"); }, Kind::io), "/dev/full"));
}
