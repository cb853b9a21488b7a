// extract(): its result, the folder, and the folder after a failure.
#include "extraction/run.hpp"

#include <doctest/doctest.h>

#include "extraction/file_rows.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace fs = std::filesystem;

namespace {

const RunInfo kInfo{"extract", "0.1.0", {{"split", 0.9}}};

std::string line_of(int number, const std::string& rating) {
  return R"({"conversation_id":"c-)" + std::to_string(number) + R"(","rating":)" + rating +
         R"(,"language":"fr","created_at":"2026-02-17T06:41:23Z","messages":[{"role":"user","content":"u"},)"
         R"({"role":"assistant","content":"a"},{"role":"user","content":"v"},{"role":"assistant","content":"b"}]})"
         "\n";
}

/** 20 conversations that qualify, one that is rated too low, one invalid line. */
fs::path write_source(const TemporaryFolder& folder) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += line_of(i, "4.5");
  return folder.write("source.jsonl", text + line_of(20, "2") + "{broken\n");
}

ExtractSettings settings_for(const fs::path& output) {
  ExtractSettings settings;
  settings.output = output;
  return settings;
}

/** A source whose first `num_conflicts` readings end with a conflict. */
class ConflictingFactory final : public SourceFactory {
 public:
  class Conflict : public Error {
   public:
    Conflict() : Error(Kind::unavailable, "conflict with recovery") {}
  };
  ConflictingFactory(fs::path path, int num_conflicts) : files_(std::move(path), {}), num_conflicts_(num_conflicts) {}
  void connect() override { files_.connect(); }
  std::unique_ptr<Source> open() override {
    ++num_opened;
    if (num_conflicts_-- > 0) throw Conflict();
    return files_.open();
  }
  bool is_conflict(const Error& error) const override { return dynamic_cast<const Conflict*>(&error) != nullptr; }
  int num_opened = 0;

 private:
  FileSourceFactory files_;
  int num_conflicts_;
};

}  // namespace

TEST_CASE("an extraction returns counts, manifest and drift") {
  const TemporaryFolder folder;
  const fs::path source = write_source(folder), out = folder / "out";
  SilentSinks silent;
  const auto run = [&] {
    FileSourceFactory sources(source, {});
    return extract(settings_for(out), sources, kInfo, silent.sinks());
  };
  const ExtractResult first = run();
  CHECK(first.rows == 21);
  CHECK(first.kept == 20);
  CHECK(first.train + first.validation == 20);
  CHECK(first.rejected == 1);
  CHECK(in_words(first) ==
        "21 rows matched: 20 kept, 0 dropped, 1 rejected (not valid JSON: 1); 1 not selected (rating is below the "
        "minimum: 1)");
  CHECK_FALSE(first.increment.has_value());
  CHECK_FALSE(first.drift.has_value());
  CHECK(*read_manifest(out) == first.manifest);
  CHECK(first.manifest["inputs"][0]["records"] == 22);
  CHECK(first.manifest["counts"]["unmatched"] == Json{{"rating is below the minimum", 1}});
  REQUIRE(first.manifest["outputs"].size() == kNumOutputs - 1);  // no test part
  CHECK(first.manifest["outputs"][0]["records"] == first.train);
  const std::string train = read_file(out / "train.jsonl");
  const ExtractResult second = run();
  REQUIRE(second.drift.has_value());
  CHECK_FALSE(second.drift->is_alarm());
  CHECK(read_file(out / "train.jsonl") == train);
}

TEST_CASE("an extraction that fails leaves the folder as it was") {
  const TemporaryFolder folder;
  const fs::path source = write_source(folder), out = folder / "out";
  SilentSinks silent;
  const auto run = [&](const ExtractSettings& settings, const Selection& selection) {
    FileSourceFactory sources(source, selection);
    return extract(settings, sources, kInfo, silent.sinks());
  };
  run(settings_for(out), {});
  const std::string train = read_file(out / "train.jsonl"), manifest = read_file(out / "manifest.json");
  Selection none;
  none.min_rating = 5;
  ExtractSettings tolerant = settings_for(out), strict = settings_for(out), few_rejected = settings_for(out);
  tolerant.rejects.max_rejected = 1;
  strict.rejects.is_strict = true;
  few_rejected.rejects.max_rejected = 0;
  CHECK(contains(refusal([&] { run(tolerant, none); }), "no conversation qualifies"));
  CHECK(contains(refusal([&] { run(strict, {}); }), "source.jsonl:22: "));
  CHECK(contains(refusal([&] { run(few_rejected, {}); }), "1 of 21 records is bad"));
  CHECK(read_file(out / "train.jsonl") == train);
  CHECK(read_file(out / "manifest.json") == manifest);
  CHECK_FALSE(fs::exists(out / ".train.jsonl.partial"));
  tolerant.allow_empty = true;
  CHECK(run(tolerant, none).kept == 0);
  CHECK(read_file(out / "train.jsonl").empty());
}

TEST_CASE("a conflict is retried as often as the settings allow") {
  const TemporaryFolder folder;
  const fs::path source = write_source(folder);
  SilentSinks silent;
  ExtractSettings settings = settings_for(folder / "out");
  settings.retries = 1;
  ConflictingFactory once(source, 1), twice(source, 2);
  CHECK(extract(settings, once, kInfo, silent.sinks()).kept == 20);
  CHECK(once.num_opened == 2);
  CHECK(contains(refusal([&] { extract(settings, twice, kInfo, silent.sinks()); }, Kind::unavailable), "conflict"));
  CHECK(twice.num_opened == 2);
}

TEST_CASE("invalid settings are errors before anything is written") {
  const TemporaryFolder folder;
  const fs::path source = write_source(folder), out = folder / "out";
  SilentSinks silent;
  const auto fault = [&](const std::function<void(ExtractSettings&)>& change) {
    ExtractSettings settings = settings_for(out);
    change(settings);
    FileSourceFactory sources(source, {});
    return refusal([&] { preview(settings, sources, kInfo, silent.sinks()); }, Kind::usage);
  };
  CHECK(contains(fault([](ExtractSettings& settings) { settings.split = {1.5}; }), "split: "));
  CHECK(contains(fault([](ExtractSettings& settings) { settings.retries = -1; }), "retries: "));
  CHECK(contains(fault([](ExtractSettings& settings) { settings.rescan = true; }), "rescan: "));
  CHECK(contains(fault([](ExtractSettings& settings) { settings.state = "x"; }), "state: "));
  CHECK(contains(fault([](ExtractSettings& settings) { settings.drift.alarm_drift = 2; }), "alarm-drift: "));
  CHECK(contains(fault([](ExtractSettings& settings) { settings.incremental = true; }), "incremental: "));
  CHECK(fault([](ExtractSettings&) {}).empty());
  CHECK_FALSE(fs::exists(out));
}

TEST_CASE("a preview counts and writes nothing") {
  const TemporaryFolder folder;
  SilentSinks silent;
  FileSourceFactory sources(write_source(folder), {});
  const ExtractPreview found = preview(settings_for(folder / "out"), sources, kInfo, silent.sinks());
  CHECK(found.selection.rows == 20);
  CHECK(found.selection.details == Json::parse(R"({"unmatched":{"rating is below the minimum":1},"rejected":1})"));
  CHECK_FALSE(fs::exists(folder / "out"));
}
