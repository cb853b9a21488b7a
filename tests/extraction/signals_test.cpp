// The signals of a row: rating, corrected answers, badly rated turns, disagreement of experts.
#include <doctest/doctest.h>

#include <string>

#include "extraction/row.hpp"
#include "record/json.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

constexpr const char* kMessages =
    R"([{"role":"system","content":"s"},{"role":"user","content":"u1"},{"role":"assistant","content":"a1"},
        {"role":"user","content":"u2"},{"role":"assistant","content":"a2"},{"role":"user","content":"u3"}])";

struct Signals {
  std::optional<std::string> rating, thumbs, feedback, annotations;
  const char* messages = kMessages;
  MessagesForm form = MessagesForm::any;
};

/** The record as JSON, or {"status","reason"}. */
Json read(const Signals& given, RowRules rules) {
  if (rules.min_rating < 0) rules.min_rating = 4;
  rules.form = given.form;
  RowReader reader(rules);
  Row row;
  row.conversation_id = "c-1";
  row.messages = given.messages;
  row.rating = given.rating;
  row.thumbs = given.thumbs;
  row.feedback = given.feedback;
  row.annotations = given.annotations;
  row.created_at = "2026-02-17 06:41:23+00";
  row.language = "fr";
  std::string line;
  const RowStatus status = reader.read(row, line);
  if (status == RowStatus::kept) return Json::parse(line);
  CHECK(line.empty());
  const char* words = status == RowStatus::dropped    ? "dropped"
                      : status == RowStatus::rejected ? "rejected"
                                                      : "quarantined";
  return {{"status", words}, {"reason", reader.reason()}};
}

/** "u1 a1 u2 …", or the reason. */
std::string words_of(const Json& record) {
  if (record.contains("reason"))
    return record["status"].get<std::string>() + ", " + record["reason"].get<std::string>();
  std::string words;
  for (const Json& message : record["messages"])
    words += (words.empty() ? "" : " ") + message["content"].get<std::string>();
  return words;
}

std::string rating_of(const Json& record) {
  if (record.contains("reason")) return words_of(record);
  const Json& metadata = record["metadata"];
  return (metadata.contains("rating") ? metadata["rating"].dump() : "none") + " " +
         metadata.value("rating_source", "rating");
}

RowRules listening(std::vector<Signal> signals) { return {.signals = std::move(signals)}; }

const std::vector<Signal> kJudged{Signal::rating, Signal::feedback, Signal::annotations};

}  // namespace

TEST_CASE("the first signal with a rating determines the rating") {
  const RowRules all =
      listening({Signal::thumbs, Signal::rating, Signal::turns, Signal::feedback, Signal::annotations});
  const char* rated =
      R"([{"role":"user","content":"u"},{"role":"assistant","content":"a","rating":4},{"role":"user","content":"v"},
                          {"role":"assistant","content":"b","rating":5}])";
  const std::string feedback = R"([{"turn":1,"rating":"5"},{"turn":1,"rating":4},{"turn":3,"rating":"4,5"}])";
  const std::string annotations =
      R"([{"turn":1,"annotator":"x","scores":{"accuracy":4,"clarity":5,"tone":null}},{"turn":3,"annotator":"y","scores":4}])";
  CHECK(rating_of(read({.rating = "1", .thumbs = "up"}, all)) == "5 thumbs");
  CHECK(rating_of(read({.rating = "4.5", .thumbs = "0"}, all)) == "4.5 rating");
  CHECK(rating_of(read({.feedback = feedback, .annotations = annotations, .messages = rated}, all)) == "4.5 turns");
  CHECK(rating_of(read({.feedback = feedback, .annotations = annotations}, all)) == "4.5 feedback");
  CHECK(rating_of(read({.annotations = annotations}, all)) == "4.25 annotations");
  CHECK(rating_of(read({}, all)) == "dropped, not rated: no listed signal has a rating");
  CHECK(rating_of(read({.rating = "5", .thumbs = "down"}, all)) == "dropped, rated below the minimum: 1");
  CHECK(rating_of(read({.rating = "5", .thumbs = "sideways"}, all)) ==
        "rejected, thumbs is neither up nor down: \"sideways\"");
  CHECK(rating_of(read({.rating = "5", .thumbs = "down"}, listening({Signal::rating}))) == "5 rating");
  CHECK(rating_of(read({.rating = "5", .thumbs = "sideways"}, listening({Signal::rating, Signal::thumbs}))) ==
        "5 rating");
  CHECK(rating_of(read({}, listening({Signal::rating}))) == "rejected, rating is NULL");
  CHECK(rating_of(read({.rating = "11"}, {.rating_scale = RatingScale::zero_to_ten})) ==
        "rejected, rating is outside the scale 0-10: \"11\"");
  CHECK(rating_of(read({.rating = "53828"}, {.min_rating = 4})) ==
        "rejected, rating is outside the scale 1-5: \"53828\"");
  CHECK(rating_of(read({.rating = "0"}, {.min_rating = 4})) == "dropped, rated below the minimum: 0");
  CHECK(rating_of(read({.rating = "0"}, {.min_rating = 0})) == "rejected, rating is outside the scale 1-5: 0");
  CHECK(rating_of(read({.rating = "7.5"}, {.rating_scale = RatingScale::zero_to_ten})) == "4 rating");
  CHECK(rating_of(read({.rating = "7.4"}, {.rating_scale = RatingScale::zero_to_ten})) ==
        "dropped, rated below the minimum: 3.96");
  CHECK(rating_of(read({.feedback = R"([{"id":9,"turn":2,"rating":"bad"}])"}, all)) ==
        "rejected, feedback rating is not a number: \"bad\", row 9");
  CHECK(rating_of(read({.annotations = R"([{"turn":2,"annotator":"x","scores":{"a":6}}])"}, all)) ==
        "rejected, annotation score is not from 1 to 5: \"6\"");
  CHECK(rating_of(read({.annotations = R"([{"turn":2,"annotator":"x","scores":"{\"a\":4,\"b\":5}"}])"}, all)) ==
        "4.5 annotations");
}

TEST_CASE("the fast path and the general path for jsonb agree about ratings") {
  const char* plain = R"([{"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}])";
  for (const char* rating : {"5", "3", "NaN", "abc"}) {
    for (const std::int64_t min_messages : {2, 3}) {
      RowRules rules = listening({Signal::rating, Signal::thumbs});
      rules.min_messages = min_messages;
      CHECK(read({.rating = rating, .messages = plain, .form = MessagesForm::jsonb}, rules) ==
            read({.rating = rating, .messages = plain, .form = MessagesForm::any}, rules));
    }
  }
}

TEST_CASE("a corrected answer replaces the answer and ends the conversation") {
  const RowRules rules = listening(kJudged);
  Json record =
      read({.rating = "1", .feedback = R"([{"id":7,"turn":2,"rating":"1","corrected_answer":"better"}])"}, rules);
  CHECK(words_of(record) == "u1 better");
  CHECK(record["metadata"]["source"] == "feedback");
  CHECK(record["metadata"]["rating"] == 1);
  CHECK(record["metadata"]["corrections"].dump() ==
        R"([{"turn":2,"from":"feedback","feedback_id":"7","original":"a1"}])");

  const std::string expert =
      R"([{"turn":2,"annotator":"Ana \"A\"","corrected_answer":"best"},{"turn":2,"annotator":"Bo","corrected_answer":" best\n"}])";
  record = read({.feedback = R"([{"turn":2,"corrected_answer":"better"}])", .annotations = expert}, rules);
  CHECK(words_of(record) == "u1 best");
  CHECK(record["metadata"]["source"] == "expert");
  CHECK_FALSE(record["metadata"].contains("rating"));
  CHECK(record["metadata"]["corrections"].dump() ==
        R"([{"turn":2,"from":"annotations","annotators":["Ana \"A\"","Bo"],"original":"a1"}])");

  // The newest of the feedback, the newest of an annotator; the first of several turns.
  CHECK(
      words_of(read(
          {.feedback =
               R"([{"turn":4,"corrected_answer":"old"},{"turn":4,"corrected_answer":"new"},{"turn":4,"corrected_answer":" "}])"},
          rules)) == "u1 a1 u2 new");
  CHECK(
      words_of(read(
          {.annotations =
               R"([{"turn":4,"annotator":"x","corrected_answer":"old"},{"turn":4,"annotator":"x","corrected_answer":"new"}])"},
          rules)) == "u1 a1 u2 new");
  CHECK(words_of(read({.feedback = R"([{"turn":4,"corrected_answer":"second"},{"turn":2,"corrected_answer":"first"}])"},
                      rules)) == "u1 first");
  // An equal answer is no correction.
  CHECK(words_of(read({.rating = "5", .annotations = R"([{"turn":2,"annotator":"x","corrected_answer":" a1 "}])"},
                      rules)) == "u1 a1 u2 a2 u3");
  CHECK(words_of(read({.rating = "2", .annotations = R"([{"turn":2,"annotator":"x","corrected_answer":"a1"}])"},
                      rules)) == "dropped, rated below the minimum: 2");
  // Signals that are not listed are ignored.
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":2,"corrected_answer":"better"}])", .annotations = expert},
                      listening({Signal::rating}))) == "u1 a1 u2 a2 u3");
}

TEST_CASE("a correction without turn") {
  const RowRules rules = listening(kJudged);
  CHECK(words_of(read({.feedback = R"([{"turn":null,"answer":" a1","corrected_answer":"better"}])"}, rules)) ==
        "u1 better");
  CHECK(words_of(read({.feedback = R"([{"answer":"another text","corrected_answer":"better"}])"}, rules)) ==
        "u1 a1 u2 better");
  CHECK(words_of(read({.feedback = R"([{"corrected_answer":"better"}])"}, rules)) == "u1 a1 u2 better");
  CHECK(words_of(read({.annotations = R"([{"annotator":"x","corrected_answer":"better"}])"}, rules)) ==
        "u1 a1 u2 better");
}

TEST_CASE("a correction of no answer is rejected") {
  const RowRules rules = listening(kJudged);
  for (const auto& [turn, reason] : {std::pair{"3", "corrected turn is not an answer: turn 3"},
                                     {"0", "corrected turn is not an answer: turn 0"},
                                     {"6", "corrected turn does not exist: turn 6 of 6 messages, counted from 0"},
                                     {"-1", "corrected turn does not exist: turn -1 of 6 messages, counted from 0"}})
    CHECK(
        words_of(read({.rating = "5", .feedback = R"([{"turn":)" + std::string(turn) + R"(,"corrected_answer":"x"}])"},
                      rules)) == "rejected, " + std::string(reason));
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":"two","corrected_answer":"x"}])"}, rules)) ==
        "rejected, feedback turn is not a whole number: \"two\"");
  CHECK(words_of(read({.rating = "5",
                       .feedback = R"([{"corrected_answer":"x"}])",
                       .messages = R"([{"role":"user","content":"u"}])"},
                      rules)) == "rejected, corrected turn does not exist: the conversation has no answer");
}

TEST_CASE("conversations are quarantined when experts disagree") {
  RowRules rules = listening(kJudged);
  const std::string different =
      R"([{"turn":2,"annotator":"x","corrected_answer":"one"},{"turn":2,"annotator":"y","corrected_answer":"two"},{"turn":2,"annotator":"z","scores":5}])";
  CHECK(words_of(read({.rating = "5", .annotations = different}, rules)) ==
        "quarantined, experts disagree: turn 2, 2 answers of 3 annotators");
  CHECK(words_of(read({.rating = "5", .annotations = different}, listening({Signal::rating, Signal::feedback}))) ==
        "u1 a1 u2 a2 u3");
  const std::string unnamed = R"([{"turn":2,"corrected_answer":"one"},{"turn":2,"corrected_answer":"two"}])";
  CHECK(words_of(read({.rating = "5", .annotations = unnamed}, rules)).starts_with("quarantined, "));
  const std::string far =
      R"([{"turn":4,"annotator":"x","scores":{"a":5,"b":4}},{"turn":4,"annotator":"y","scores":2}])";
  CHECK(words_of(read({.rating = "5", .annotations = far}, rules)) ==
        "quarantined, experts disagree: turn 4, scores from 2 to 4.5 of 2 annotators");
  rules.max_disagreement = 2.5;
  CHECK_FALSE(words_of(read({.rating = "5", .annotations = far}, rules)).starts_with("quarantined"));
  // Corrections of different turns are no disagreement.
  const std::string apart = R"([{"turn":2,"annotator":"x","scores":5},{"turn":4,"annotator":"y","scores":1}])";
  CHECK(words_of(read({.rating = "5", .annotations = apart}, listening(kJudged))) == "u1 a1");
}

TEST_CASE("a correction by too few annotators is ignored") {
  RowRules rules = listening(kJudged);
  rules.min_annotators = 2;
  const std::string one =
      R"([{"turn":2,"annotator":"x","corrected_answer":"best"},{"turn":2,"annotator":"x","scores":5}])";
  CHECK(words_of(read({.rating = "5", .annotations = one}, rules)) == "u1 a1 u2 a2 u3");
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":2,"corrected_answer":"better"}])", .annotations = one},
                      rules)) == "u1 better");
  const std::string two =
      R"([{"turn":2,"annotator":"x","corrected_answer":"best"},{"turn":2,"annotator":"y","scores":3}])";
  CHECK(words_of(read({.rating = "5", .annotations = two}, rules)) == "u1 best");
}

TEST_CASE("a badly rated turn truncates the conversation before its question") {
  const RowRules rules = listening({Signal::rating, Signal::turns, Signal::feedback, Signal::annotations});
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":4,"rating":2}])"}, rules)) == "u1 a1");
  CHECK(words_of(read({.rating = "5", .annotations = R"([{"turn":4,"annotator":"x","scores":2}])"}, rules)) == "u1 a1");
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":2,"rating":3.5}])"}, rules)) ==
        "dropped, badly rated turn: turn 2, rated 3.5");
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":2,"rating":4},{"turn":1,"rating":1}])"}, rules)) ==
        "u1 a1 u2 a2 u3");
  // The rating of a turn by the first signal that has one.
  CHECK(words_of(read({.rating = "5",
                       .feedback = R"([{"turn":4,"rating":5}])",
                       .annotations = R"([{"turn":4,"annotator":"x","scores":2}])"},
                      rules)) == "u1 a1 u2 a2 u3");
  // A corrected turn is not badly rated; one before a corrected turn is.
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":4,"rating":1,"corrected_answer":"better"}])"}, rules)) ==
        "u1 a1 u2 better");
  CHECK(words_of(read({.rating = "5", .feedback = R"([{"turn":2,"rating":1},{"turn":4,"corrected_answer":"better"}])"},
                      rules)) == "dropped, badly rated turn: turn 2, rated 1");
  const char* inside =
      R"([{"role":"user","content":"u1"},{"role":"assistant","content":"a1","rating":"up"},{"role":"user","content":"u2"},
                           {"role":"user","content":"u3"},{"role":"assistant","content":"a2"},{"role":"assistant","content":"a3","thumbs":false}])";
  CHECK(words_of(read({.rating = "5", .messages = inside}, rules)) == "u1 a1");
  CHECK(words_of(read({.rating = "5", .messages = inside}, listening({Signal::rating}))) == "u1 a1 u2 u3 a2 a3");
}

TEST_CASE("language codes and tags") {
  const char* messages =
      R"([{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"role":"user","content":"v"}])";
  auto metadata = [&](std::optional<std::string_view> language) {
    RowReader reader({});
    Row row;
    row.conversation_id = "c";
    row.messages = messages;
    row.rating = "5";
    row.created_at = "2026-01-01";
    row.language = language;
    std::string line;
    REQUIRE(reader.read(row, line) == RowStatus::kept);
    CHECK(reader.language() == (language ? Json::parse(line)["metadata"]["language"].get<std::string>() : ""));
    Json kept = Json::parse(line)["metadata"];
    return kept["language"].dump() + " " + (kept.contains("language_tag") ? kept["language_tag"].dump() : "");
  };
  CHECK(metadata("fr") == "\"fr\" ");
  CHECK(metadata("fr-CA") == "\"fr\" \"fr-CA\"");
  CHECK(metadata(" FR ") == "\"fr\" \" FR \"");
  CHECK(metadata("Español") == "\"es\" \"Español\"");
  CHECK(metadata("deu") == "\"deu\" ");
  CHECK(metadata("") == "\"\" ");
  CHECK(metadata(std::nullopt) == "null ");
}
