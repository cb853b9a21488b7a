#include "extraction/increment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace fs = std::filesystem;

namespace {

/** A row of a source: its version and line follow from these fields. */
struct Stored {
  std::string id;
  std::uint64_t version = 0;
};

RowResult result_of(const Stored& row) {
  const std::uint64_t kind = (key128_of(row.id).low + row.version) % 11;
  RowResult result;
  result.output = kind < 6    ? OutputKind::train
                  : kind < 7  ? OutputKind::validation
                  : kind < 8  ? OutputKind::rejected
                  : kind < 9  ? OutputKind::dropped
                  : kind < 10 ? OutputKind::quarantined
                              : OutputKind::test;
  result.line = row.id + " " + std::to_string(row.version) + std::string(row.version % 7, '.') + "\n";
  result.tally = is_kept(result.output) ? "fr\t4\t2026-0" + std::to_string(1 + row.version % 9)
                                        : "reason " + std::to_string(row.version % 3);
  return result;
}

void finish(Run& run, DatasetFiles& files, StateWriter& state) {
  StateSummary summary;
  summary.identity = {{"source", 1}};
  summary.tallies = files.tallies();
  summary.num_kept = files.num_kept();
  for (std::size_t i = 0; i < kNumOutputs; ++i) summary.outputs[i] = files.state_of(static_cast<OutputKind>(i));
  state.finish(summary);
  run.commit();
}

void write_in_full(const std::vector<Stored>& rows, const fs::path& folder) {
  Run run({"extract"}, folder);
  DatasetFiles files(run, /*has_test=*/true);
  StateWriter state(run.stage_state(folder / "state"));
  for (const Stored& row : rows) {
    const RowResult result = result_of(row);
    state.add({key128_of(row.id), row.version, files.add(result), line_place(result.output, result.line.size())});
  }
  finish(run, files, state);
}

IncrementCounts write_increment(const std::vector<Stored>& rows, const fs::path& folder) {
  std::map<std::string, Stored> by_id;
  for (const Stored& row : rows) by_id[row.id] = row;
  std::string why_not;
  const auto state = State::open(folder / "state", folder, why_not);
  REQUIRE_MESSAGE(state, why_not);
  Increment increment(*state);
  for (const Stored& row : rows) increment.add(row.id, row.version);
  const IncrementCounts counts = increment.resolve();
  increment.for_each_batch(7, [&](const std::vector<std::string>& ids) {
    CHECK(ids.size() <= 7);
    for (auto id = ids.rbegin(); id != ids.rend(); ++id)
      increment.put(*id, by_id.at(*id).version, result_of(by_id.at(*id)));
  });
  Run run({"extract"}, folder);
  DatasetFiles files(run, /*has_test=*/true, increment.tallies());
  StateWriter new_state(run.stage_state(folder / "state"));
  increment.compose(folder, files, new_state);
  finish(run, files, new_state);
  return counts;
}

std::vector<std::string> contents(const fs::path& folder) {
  std::vector<std::string> texts;
  for (const char* name : kOutputNames) texts.push_back(read_file(folder / name));
  return texts;
}

}  // namespace

TEST_CASE("incremental runs end with the bytes of a full extraction") {
  TemporaryFolder folder;
  const fs::path increment = folder.path / "increment", full = folder.path / "full";
  fs::create_directories(increment);
  fs::create_directories(full);
  Random random(5);
  std::vector<Stored> rows;
  for (int i = 0; i < 400; ++i) rows.push_back({"c-" + std::to_string(i), random.below(1000)});
  write_in_full(rows, increment);
  int next = 400;
  for (int night = 0; night < 30; ++night) {
    IncrementCounts expected;
    std::vector<Stored> changed;
    for (Stored row : rows) {
      if (random.below(20) == 0) {
        ++expected.removed;
        continue;
      }
      if (random.below(20) == 0) {
        ++row.version;
        ++expected.updated;
      } else {
        ++expected.unchanged;
      }
      changed.push_back(row);
    }
    for (std::uint64_t i = random.below(30); i > 0; --i, ++expected.added)
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(random.below(changed.size() + 1)),
                     Stored{"c-" + std::to_string(next++), random.below(1000)});
    // The order of equal times has changed, as after an upgrade of the collations of the server.
    if (night % 5 == 0) std::swap(changed.at(3), changed.at(40));
    rows = changed;
    const IncrementCounts counts = write_increment(rows, increment);
    CHECK(std::array{counts.added, counts.updated, counts.removed, counts.unchanged} ==
          std::array{expected.added, expected.updated, expected.removed, expected.unchanged});
    write_in_full(rows, full);
    CHECK(contents(increment) == contents(full));
  }
}

TEST_CASE("more rows than are looked up in one batch") {
  TemporaryFolder folder;
  std::vector<Stored> rows;
  for (int i = 0; i < 600'000; ++i) rows.push_back({std::to_string(i), 1});
  write_in_full(rows, folder.path);
  rows[17].version = 2;
  rows[599'999].version = 2;
  rows.erase(rows.begin() + 300'000);
  rows.push_back({"new", 1});
  const IncrementCounts counts = write_increment(rows, folder.path);
  CHECK(counts.added == 1);
  CHECK(counts.updated == 2);
  CHECK(counts.removed == 1);
  CHECK(counts.unchanged == 599'997);
  const std::vector<std::string> found = contents(folder.path);
  write_in_full(rows, folder.path);
  CHECK(found == contents(folder.path));
}

TEST_CASE("a row that is missing, duplicate or was not requested is an error") {
  TemporaryFolder folder;
  write_in_full({{"a", 1}}, folder.path);
  std::string why_not;
  const auto state = State::open(folder.path / "state", folder.path, why_not);
  Increment increment(*state);
  increment.add("a", 1);
  increment.add("b", 1);
  increment.resolve();
  CHECK_THROWS_AS(increment.for_each_batch(5, [](const auto&) {}), Error);
  CHECK_THROWS_AS(increment.for_each_batch(5, [&](const auto&) { increment.put("c", 1, result_of({"c", 1})); }), Error);
}

TEST_CASE("a state is used only with its outputs, complete and unmodified") {
  TemporaryFolder folder;
  const fs::path path = folder.path / "state";
  auto why = [&] {
    std::string why_not;
    return State::open(path, folder.path, why_not) ? std::string("taken") : why_not;
  };
  CHECK(why() == "there is no state yet");
  std::vector<Stored> rows;
  for (int i = 0; i < 100; ++i) rows.push_back({std::to_string(i), 1});
  write_in_full(rows, folder.path);
  CHECK(why() == "taken");
  const std::string good = read_file(path);
  for (std::size_t place = 0; place < good.size(); place += 37) {
    std::string bad = good;
    bad[place] ^= 4;
    write_file(path, bad);
    CHECK_MESSAGE(why().find("is corrupt") != std::string::npos, place);
    write_file(path, good.substr(0, place));
    CHECK_MESSAGE(why().find("is corrupt") != std::string::npos, place);
  }
  write_file(path, good);
  CHECK(why() == "taken");
  for (const char* name : kOutputNames) {
    const std::string text = read_file(folder.path / name);
    write_file(folder.path / name, text + "x");
    CHECK(why().find(name) != std::string::npos);
    if (!text.empty()) {
      std::string other = text;
      other[other.size() / 2] ^= 1;
      write_file(folder.path / name, other);
      CHECK(why().find(name) != std::string::npos);
    }
    write_file(folder.path / name, text);
  }
  CHECK(why() == "taken");
}

TEST_CASE("an id that occurs twice ends the increment") {
  TemporaryFolder folder;
  write_in_full({{"a", 1}, {"b", 1}}, folder.path);
  std::string why_not;
  const auto state = State::open(folder / "state", folder.path, why_not);
  REQUIRE_MESSAGE(state, why_not);
  for (const char* id : {"a", "new"}) {  // known and new
    Increment increment(*state);
    for (const char* added : {"b", id, id}) increment.add(added, 1);
    CHECK_THROWS_WITH_AS(
        [&] {
          increment.resolve();
          increment.for_each_batch(7, [](const std::vector<std::string>&) {});
        }(),
        doctest::Contains("two rows have the same conversation_id"), Error);
  }
}
