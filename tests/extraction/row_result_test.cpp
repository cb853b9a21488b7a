#include "extraction/row_result.hpp"

#include <doctest/doctest.h>

#include "extraction/dataset_files.hpp"
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

TEST_CASE("each row has its output, its line and its tally") {
  RowClassifier classifier({.min_messages = 2}, {.train = 1});
  RowResult result = classifier.classify(row_of("c-1", kTurns, "4.3"));
  CHECK(result.output == OutputKind::train);
  CHECK(result.tally == "fr\t4.5\t2026-02");
  CHECK(result.message.empty());
  result = classifier.classify(row_of("c-2", "[]"));
  CHECK(result.output == OutputKind::dropped);
  CHECK(result.line == R"({"conversation_id":"c-2","reason":"fewer messages than the minimum: 0"})"
                       "\n");
  CHECK(result.tally == "fewer messages than the minimum");
  result = classifier.classify(row_of("c\n3", "7"));
  CHECK(result.output == OutputKind::rejected);
  CHECK(result.message.starts_with("conversation c\\n3: messages is not a list: "));
  CHECK(result.line.starts_with(R"({"where":"conversation c\\n3","reason":"messages is not a list: )"));
  CHECK(result.tally == "messages is not a list");
  Row copied = row_of("c-4", kTurns);
  copied.num_copies = 2;
  CHECK(classifier.classify(copied).tally == "conversation_id is not unique");
  RowClassifier to_validation({.min_messages = 2}, {.train = 0});
  CHECK(to_validation.classify(row_of("c-1", kTurns)).output == OutputKind::validation);
  RowClassifier to_test({.min_messages = 2}, {.train = 0, .test = 1});
  CHECK(to_test.classify(row_of("c-1", kTurns)).output == OutputKind::test);
}

TEST_CASE("counts by name do not depend on the order of the rows") {
  TemporaryFolder folder;
  RowClassifier classifier({.min_messages = 2}, {.train = 1});
  Json counts;
  {
    Run run({"extract"}, folder.path);
    DatasetFiles files(run);
    for (const auto& row : {row_of("b", kTurns, "5"), row_of("a", kTurns, "4"), row_of("c", "7"), row_of("d", "[]"),
                            row_of("e", kTurns, "4")})
      files.add(classifier.classify(row));
    counts = files.counts();
  }
  CHECK(counts.dump() == R"({"matched":5,"kept":3,"kept_by_language":{"fr":3},"kept_by_rating":{"4":2,"5":1},)"
                         R"("kept_by_month":{"2026-02":3},"dropped":{"fewer messages than the minimum":1},)"
                         R"("rejected":{"messages is not a list":1},"quarantined":{}})");
}
