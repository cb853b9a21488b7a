// The page is self-contained, escapes what models say, and says the same as scores.json.
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

TEST_CASE("report and scores come from one struct") {
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
