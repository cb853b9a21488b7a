// The page is self-contained, escapes the answers of models, and agrees with scores.json.
#include "evaluation/report.hpp"

#include <doctest/doctest.h>

using namespace intelia;

namespace {

Evaluation sample() {
  Evaluation evaluation;
  evaluation.model = "base";
  evaluation.candidate = "adapter";
  for (int i = 0; i < 40; ++i)
    evaluation.losses.push_back({"id" + std::to_string(i), i % 2 ? "fr" : "pt", 30.0 + i % 5, 20.0 + i % 5, 10, 40});
  evaluation.comparison = compare_losses(evaluation.losses, 42);
  evaluation.verdict = decide(evaluation.comparison.overall, 30);
  AnswerPair pair;
  pair.question.id = "q";
  pair.question.messages = {{"user", "<b>?"}};
  pair.base.text = "<script>alert(1)</script>";
  pair.candidate.text = "a & b";
  evaluation.answers.push_back(pair);
  return evaluation;
}

}  // namespace

TEST_CASE("the report and scores.json agree") {
  const Evaluation evaluation = sample();
  const std::string page = html_report(evaluation);
  const Json scores = scores_json(evaluation);
  CHECK(scores["verdict"] == "DEPLOY");
  CHECK(scores["overall"]["loss_difference"] == doctest::Approx(-1.0));
  CHECK(scores["by_language"].size() == 2);
  CHECK(page.find("DEPLOY") != std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("&lt;script&gt;") != std::string::npos);
  CHECK(page.find("http") == std::string::npos);
  CHECK(page.find("a &amp; b") != std::string::npos);
}

TEST_CASE(
    "what a reader must know stands at the top: mismatches first, then conversations left out and the selection "
    "split") {
  Evaluation evaluation = sample();
  CHECK(html_report(evaluation).find("class=\"note\"") != std::string::npos);  // without an index of trained records
  evaluation.overlap = {true, 7, {"a", "<b>"}, 3};
  evaluation.mismatches = {"it was trained on other base weights"};
  evaluation.date = "2026-11-30";
  const std::string page = html_report(evaluation);
  const std::size_t mismatch = page.find("it was trained on other base weights"), head = page.find("<h1>"),
                    left_out =
                        page.find("7 conversations are left out because a model was trained on them: a, &lt;b&gt;, …"),
                    selection = page.find("3 of the 40 conversations were the validation data");
  CHECK(mismatch < head);
  CHECK(head < left_out);
  CHECK(left_out < selection);
  CHECK(selection < page.find("<h2>"));
  CHECK(page.find("evaluated on 2026-11-30") != std::string::npos);
  const Json scores = scores_json(evaluation);
  CHECK(scores["is_selection_split"] == true);
  CHECK(scores["training_data"]["excluded_conversations"] == 7);
}

TEST_CASE("nothing to compare is not enough data, and still a report") {
  Evaluation evaluation;
  evaluation.overlap = {true, 40, {"a"}, 0};
  evaluation.comparison = compare_losses({}, 42);
  evaluation.verdict = decide(evaluation.comparison.overall, 30);
  CHECK(verdict_sentence(evaluation) ==
        "0 conversations were compared (40 more are left out: a model was trained on them); a verdict needs at least "
        "30.");
  CHECK(scores_json(evaluation)["exit_status"] == 4);
  CHECK(html_report(evaluation).find("NOT ENOUGH DATA") != std::string::npos);
  evaluation.overlap.num_excluded = 1;
  evaluation.comparison.overall.num_conversations = 1;
  CHECK(verdict_sentence(evaluation) ==
        "1 conversation was compared (1 more is left out: a model was trained on it); a verdict needs at least 30.");
}

TEST_CASE("a difference that is not 0 is never shown as 0") {
  Evaluation evaluation = sample();
  for (ConversationLoss& loss : evaluation.losses) loss.candidate_loss = loss.base_loss - 1.25e-5;
  evaluation.comparison = compare_losses(evaluation.losses, 42);
  evaluation.verdict = decide(evaluation.comparison.overall, 30);
  CHECK(verdict_sentence(evaluation).find("difference -1.2e-06") != std::string::npos);
  CHECK(html_report(evaluation).find("-0.0000") == std::string::npos);
}

TEST_CASE("losses of one id are added") {
  const std::vector<ConversationLoss> merged = merged_by_id({{"a", "fr", 3, 2, 10, 40},
                                                             {"", "fr", 1, 1, 1, 1},
                                                             {"b", "pt", 5, 5, 5, 5},
                                                             {"a", "en", 4, 1, 2, 8},
                                                             {"", "fr", 2, 2, 2, 2}});
  REQUIRE(merged.size() == 4);
  CHECK(merged[0].id == "a");
  CHECK(merged[0].language == "fr");
  CHECK(merged[0].base_loss == 7);
  CHECK(merged[0].candidate_loss == 3);
  CHECK(merged[0].num_tokens == 12);
  CHECK(merged[0].num_bytes == 48);
  CHECK(merged[1].base_loss == 1);
  CHECK(merged[3].base_loss == 2);
}
