// A line of metrics.jsonl as numbers by name, and folders of trackers.
#include "tracking/tracker.hpp"

#include <cmath>

#include "temporary_folder.hpp"

using namespace intelia;

TEST_CASE("every finite number of a line except the step is a scalar") {
  const MetricsLine line = parse_metrics_line(
      R"({"step":7,"loss":1.5,"grad_norm":null,"note":"x","tokens":12,"measured":{"seconds":2,"deep":{"step":3}},"list":[1]})",
      5);
  CHECK(line.step == 7);
  CHECK(line.time == 5);
  const std::vector<std::pair<std::string, double>> expected = {
      {"loss", 1.5}, {"tokens", 12}, {"measured/seconds", 2}, {"measured/deep/step", 3}};
  CHECK(line.scalars == expected);
  CHECK(line.scalar("tokens") == 12);
  CHECK(std::isnan(line.scalar("absent")));
}

TEST_CASE("invalid lines of metrics are errors") {
  for (const char* text : {"", "7", "[]", "{}", R"({"step":"7"})", R"({"step":1.5})", R"({"step":7)"})
    CHECK(!refusal([&] { parse_metrics_line(text, 0); }).empty());
}

TEST_CASE("the folder of a tracker is never a link out of the output folder") {
  const TemporaryFolder folder;
  CHECK(tracker_folder(folder.path, "new") == folder.path / "new");
  CHECK(tracker_folder(folder.path, "new") == folder.path / "new");  // the second time it exists
  CHECK((std::filesystem::status(folder.path / "new").permissions() & std::filesystem::perms(0777)) ==
        std::filesystem::perms(0700));
  std::filesystem::create_directory(folder.path / "elsewhere");
  std::filesystem::create_directory_symlink(folder.path / "elsewhere", folder.path / "link");
  folder.write("file", "");
  for (const char* name : {"link", "file"})
    CHECK(contains(refusal([&] { tracker_folder(folder.path, name); }, Kind::io), "is not a folder"));
  CHECK(contains(refusal([&] { tracker_folder(folder.path / "absent", "x"); }, Kind::io), "No such file"));
}
