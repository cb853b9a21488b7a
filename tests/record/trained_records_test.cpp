// What identifies a record, and the index that is written beside what was trained on it.
#include "record/trained_records.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "record/jsonl.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
namespace fs = std::filesystem;

namespace {

RecordKey key_of_line(const std::string& line) {
  Conversation conversation;
  REQUIRE_FALSE(parse_conversation(line, conversation));
  return key_of(conversation);
}

std::string line_of(TrainedUse use, const RecordKey& key) {
  std::string line;
  append_trained_record(line, use, key);
  return line;
}

std::vector<std::pair<TrainedUse, RecordKey>> all_of(const fs::path& index) {
  std::vector<std::pair<TrainedUse, RecordKey>> list;
  SilentSinks silent;
  read_trained_records(index, silent.stop(),
                       [&](TrainedUse use, const RecordKey& key) { list.emplace_back(use, key); });
  return list;
}

}  // namespace

TEST_CASE("metadata, key order, escapes and the normal form of characters make no difference to the content") {
  const RecordKey key =
      key_of_line(R"({"messages":[{"role":"user","content":"\u00e9t\u00e9"}],"metadata":{"id":"a"}})");
  for (const char* same : {"{\"messages\":[{\"content\":\"e\u0301te\u0301\",\"role\":\"user\"}]}",
                           "{\"metadata\":{\"rating\":4},\"messages\":[{\"role\":\"user\",\"content\":\"été\"}]}"})
    CHECK(key_of_line(same).content == key.content);
  CHECK(key.id);
  CHECK_FALSE(key_of_line(R"({"messages":[{"role":"user","content":"x"}]})").id);
  for (const char* other :
       {R"({"messages":[{"role":"system","content":"été"}]})", R"({"messages":[{"role":"user","content":"été "}]})",
        R"({"messages":[{"role":"user","content":"ét"},{"role":"user","content":"é"}]})", R"({"text":"été"})"})
    CHECK(key_of_line(other).content != key.content);
}

TEST_CASE("an index is read as it was written") {
  const TemporaryFolder folder;
  const RecordKey with_id = key_of_line(R"({"text":"a","metadata":{"conversation_id":"7"}})"),
                  without = key_of_line(R"({"text":"b"})");
  const fs::path index =
      folder.write(kTrainedRecordsFile, trained_records_head() + line_of(TrainedUse::train, with_id) +
                                            line_of(TrainedUse::selection, without));
  CHECK(all_of(index) ==
        std::vector<std::pair<TrainedUse, RecordKey>>{{TrainedUse::train, with_id}, {TrainedUse::selection, without}});
}

TEST_CASE("another file, and a damaged line, are refused by name") {
  const TemporaryFolder folder;
  CHECK(contains(refusal([&] { all_of(folder.write("a", "{}\n")); }), "/a' is not an index"));
  CHECK(contains(refusal([&] { all_of(folder.write("empty", "")); }), "/empty' is not an index"));
  const std::string good = line_of(TrainedUse::train, key_of_line(R"({"text":"b"})"));
  for (std::string line : {std::string("train"), std::string("train - -"), "x" + good, good.substr(0, good.size() - 2),
                           good.substr(0, good.size() - 2) + "g"})
    CHECK(contains(refusal([&] { all_of(folder.write("b", trained_records_head() + good + line + "\n")); }), "/b:3: "));
}

TEST_CASE("records match by id or by content, each as often as it occurs") {
  RecordMatcher records;
  const RecordKey a = key_of_line(R"({"text":"a","metadata":{"id":"1"}})"),
                  same_text = key_of_line(R"({"text":"a","metadata":{"id":"2"}})"),
                  same_id = key_of_line(R"({"text":"b","metadata":{"id":"1"}})"),
                  other = key_of_line(R"({"text":"c"})");
  for (const RecordKey& key : {other, same_text, same_id, a}) records.add(key);
  std::vector<int> found(4);
  records.match(a, [&](std::size_t number) { ++found[number]; });
  CHECK(found == std::vector<int>{0, 1, 1, 2});
  records.match(key_of_line(R"({"text":"d"})"), [&](std::size_t) { FAIL("nothing matches"); });
}

TEST_CASE("the index of a checkpoint is that of its run") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "run/checkpoint-4");
  fs::create_directories(folder / "run/part");
  CHECK_FALSE(find_trained_records(folder / "run"));
  folder.write("run/trained_records.index", "");
  CHECK(find_trained_records(folder / "run") == folder / "run/trained_records.index");
  CHECK(find_trained_records(folder / "run/checkpoint-4/") == folder / "run/trained_records.index");
  CHECK_FALSE(find_trained_records(folder / "run/part"));
}
