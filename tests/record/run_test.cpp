// The order in which a run commits its files, and the folder after an interruption or restart.
#include "record/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/sinks.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

const RunInfo kInfo{"extract", "0.1.0", {{"limit", 5}}};

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("a run's manifest lists the staged outputs, without the state") {
  const TemporaryFolder folder;
  const fs::path input = folder.write("in.jsonl", "{}\n");
  const fs::path out = folder / "out", state = folder / "kept.state";
  Run run(kInfo, out);
  run.add_input(input, 1);
  AtomicFile& data = run.stage("data.jsonl");
  data.write("one\ntwo\n");
  run.set_records(data, 2);
  run.stage_text("page.html", "<p>");
  run.stage_state(state).write("state");
  run.manifest()["counts"] = {{"kept", 2}};
  run.measured()["rows_per_second"] = 3;
  CHECK(run.is_staged("data.jsonl"));
  CHECK_FALSE(run.is_staged("kept.state"));
  CHECK_FALSE(run.is_staged("other"));
  const Json manifest = run.close();
  CHECK_FALSE(fs::exists(out / "data.jsonl"));
  run.commit();
  CHECK(names_in(out) == std::vector<std::string>{".intelia.lock", "data.jsonl", "manifest.json", "page.html"});
  CHECK(read_file(state) == "state");
  CHECK(*read_manifest(out) == manifest);
  CHECK(manifest["options"] == Json{{"limit", 5}});
  CHECK(manifest["inputs"][0]["records"] == 1);
  REQUIRE(manifest["outputs"].size() == 2);
  CHECK(manifest["outputs"][0]["path"] == "data.jsonl");
  CHECK(manifest["outputs"][0]["records"] == 2);
  CHECK_FALSE(manifest["outputs"][1].contains("records"));
  CHECK(manifest["counts"]["kept"] == 2);
  CHECK(manifest["measured"]["rows_per_second"] == 3);
  CHECK(manifest["measured"].contains("seconds"));
}

TEST_CASE("without commit the folder is unchanged") {
  const TemporaryFolder folder;
  const fs::path out = folder / "out";
  {
    Run run(kInfo, out);
    run.stage_text("data.jsonl", "old");
    run.commit();
  }
  const std::string manifest = read_file(out / "manifest.json");
  {
    Run run(kInfo, out);
    run.stage_text("data.jsonl", "new");
    run.stage_state(out / "kept.state").write("state");
    run.close();
  }
  CHECK(names_in(out) == std::vector<std::string>{".intelia.lock", "data.jsonl", "manifest.json"});
  CHECK(read_file(out / "data.jsonl") == "old");
  CHECK(read_file(out / "manifest.json") == manifest);
}

TEST_CASE("a commit that fails between two renames leaves no manifest, even if there was one") {
  const TemporaryFolder folder;
  const fs::path out = folder / "out";
  {
    Run run(kInfo, out);
    run.stage_text("a", "old");
    run.commit();
  }
  Run run(kInfo, out);
  run.stage_text("a", "new");
  run.stage_text("b", "new");
  run.stage_state(out / "kept.state").write("new");
  fs::create_directory(out / "b");  // b cannot be renamed
  CHECK_THROWS_AS(run.commit(), Error);
  CHECK(read_file(out / "a") == "new");
  CHECK_FALSE(fs::exists(out / "kept.state"));
  CHECK_FALSE(fs::exists(out / "manifest.json"));
}

TEST_CASE("a restarted run keeps only the folder and the lock of the first attempt") {
  const TemporaryFolder folder;
  const fs::path out = folder / "out", input = folder.write("in", "x");
  SilentSinks silent;
  Run run(kInfo, out);
  run.add_input(input);
  run.stage_text("first", "1");
  run.stage_text("both", "1");
  run.stage_state(out / "kept.state").write("1");
  run.open_rejects({}, silent.sinks().log).add("in:1", "broken", "raw");
  run.manifest()["first"] = true;
  run.measured()["first"] = true;
  run.remove_at_commit(input);
  run.close();
  run.restart();
  CHECK(names_in(out) == std::vector<std::string>{".intelia.lock"});
  CHECK_THROWS_AS(Run(kInfo, out), Error);  // the lock is held
  run.stage_text("both", "2");
  run.commit();
  CHECK(names_in(out) == std::vector<std::string>{".intelia.lock", "both", "manifest.json"});
  CHECK(read_file(out / "both") == "2");
  CHECK(fs::exists(input));
  const Json manifest = *read_manifest(out);
  CHECK(manifest["inputs"].empty());
  CHECK(manifest["outputs"].size() == 1);
  CHECK_FALSE(manifest.contains("first"));
  CHECK_FALSE(manifest["measured"].contains("first"));
}

TEST_CASE("the origin of an input is its manifest at the time it was read") {
  const TemporaryFolder folder;
  const fs::path in = folder / "in", out = folder / "out";
  const auto write_input = [&](const std::string& text) {
    Run run(kInfo, in);
    run.stage_text("a.jsonl", text);
    run.stage_text("b.jsonl", text);
    run.commit();
  };
  write_input("first");
  Run run({"train sft", "0.1.0", Json::object()}, out);
  run.add_input(in / "a.jsonl");
  run.add_input(in / "b.jsonl");
  const std::string sha256 = run.inputs()[0]["sha256"];
  write_input("second");
  run.commit();
  const Json manifest = *read_manifest(out);
  CHECK(manifest["inputs"][0]["sha256"] == sha256);
  REQUIRE(manifest["origins"].size() == 1);
  CHECK(manifest["origins"][0]["manifest"]["outputs"][0]["sha256"] == sha256);
}

TEST_CASE("an existing output is listed; the folder has no manifest between remove_manifest and commit") {
  const TemporaryFolder folder;
  const fs::path out = folder / "out";
  {
    Run run(kInfo, out);
    run.stage_text("weights", "old");
    run.commit();
  }
  Run run(kInfo, out);
  CHECK(fs::exists(out / "manifest.json"));
  run.remove_manifest();
  CHECK_FALSE(fs::exists(out / "manifest.json"));
  write_file(out / "weights", "new");
  run.add_output({{"path", "weights"}, {"sha256", sha256_of("new")}, {"bytes", 3}});
  run.stage_text("rejected.jsonl", "");
  run.commit();
  const Json outputs = (*read_manifest(out))["outputs"];
  REQUIRE(outputs.size() == 2);
  CHECK(outputs[0]["sha256"] == sha256_of("new"));
  CHECK(outputs[1]["path"] == "rejected.jsonl");
}
