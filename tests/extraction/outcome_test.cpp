#include "extraction/outcome.hpp"

#include <doctest/doctest.h>

#include "extraction/dataset_files.hpp"
#include "record/json.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

Row row_of(std::string_view id, std::string_view messages, std::string_view rating = "4.5") {
  Row row;
  row.conversation_id = id;
  row.messages = messages;
  row.rating = rating;
  row.created_at = "2026-02-17 06:41:23+00";
  row.language = "fr";
  return row;
}

constexpr const char* kTurns = R"([{"role":"user","content":"u"},{"role":"assistant","content":"a"}])";

}  // namespace

TEST_CASE("each row has its place, its line and what it is counted under") {
  Judge judge({.min_messages = 2}, 1);
  Outcome outcome = judge.judge(row_of("c-1", kTurns, "4.3"));
  CHECK(outcome.place == Place::train);
  CHECK(outcome.tally == "fr\t4.5\t2026-02");
  CHECK(outcome.words.empty());
  outcome = judge.judge(row_of("c-2", "[]"));
  CHECK(outcome.place == Place::dropped);
  CHECK(outcome.line == R"({"conversation_id":"c-2","reason":"fewer messages than --min-messages: 0"})"
                        "\n");
  CHECK(outcome.tally == "fewer messages than --min-messages");
  outcome = judge.judge(row_of("c\n3", "7"));
  CHECK(outcome.place == Place::rejected);
  CHECK(outcome.words.starts_with("conversation c\\n3: messages is not a list: "));
  CHECK(outcome.line.starts_with(R"({"where":"conversation c\\n3","reason":"messages is not a list: )"));
  CHECK(outcome.tally == "messages is not a list");
  Row copied = row_of("c-4", kTurns);
  copied.num_copies = 2;
  CHECK(judge.judge(copied).tally == "conversation_id is not unique");
  Judge to_validation({.min_messages = 2}, 0);
  CHECK(to_validation.judge(row_of("c-1", kTurns)).place == Place::validation);
}

TEST_CASE("counts are by name, whatever the order of the rows") {
  TemporaryFolder folder;
  Judge judge({.min_messages = 2}, 1);
  Json counts;
  {
    DatasetFiles files(folder.path);
    for (const auto& row : {row_of("b", kTurns, "5"), row_of("a", kTurns, "4"), row_of("c", "7"), row_of("d", "[]"),
                            row_of("e", kTurns, "4")})
      files.add(judge.judge(row));
    counts = files.counts();
  }
  CHECK(counts.dump() == R"({"matched":5,"kept":3,"kept_by_language":{"fr":3},"kept_by_rating":{"4":2,"5":1},)"
                         R"("kept_by_month":{"2026-02":3},"dropped":{"fewer messages than --min-messages":1},)"
                         R"("rejected":{"messages is not a list":1},"quarantined":{}})");
}
