// Plan reports: the same numbers in the table, the summary and the sentence.
#include "training/plan_report.hpp"

#include <doctest/doctest.h>

using namespace intelia;

namespace {

constexpr std::uint64_t kMebibyte = 1 << 20;

TrainingPlan sample() {
  TrainingPlan plan;
  plan.batch_size = 4;
  plan.gradient_accumulation = 2;
  plan.steps = 12;
  plan.model_bytes = 100 * kMebibyte;
  plan.trained_bytes = 5 * kMebibyte;
  plan.optimizer_bytes = 10 * kMebibyte;
  plan.peak_bytes = 40 * kMebibyte;
  plan.overhead_bytes = 60 * kMebibyte;
  plan.available_bytes = 300 * kMebibyte;
  plan.fits = true;
  return plan;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("memory adds up, and time is reported when it was measured") {
  TrainingPlan plan = sample();
  const TrainingReport report = plan_report(plan);
  CHECK(report.is_positive);
  CHECK(report.words == "fits: 200 MiB of 300");
  CHECK(report.summary["bytes"]["total"] == 200 * kMebibyte);
  CHECK(report.summary["bytes"]["gradients_and_activations"] == 25 * kMebibyte);
  CHECK(report.summary["remedies"].empty());
  CHECK(contains(report.table, "25.0 MiB"));
  CHECK(contains(report.table, "4 × 2"));
  CHECK_FALSE(report.summary.contains("measured"));
  CHECK_FALSE(contains(report.table, "time\n"));
  plan.seconds_per_step = 1.25;
  plan.seconds = 7500;
  const TrainingReport timed = plan_report(plan);
  CHECK(timed.summary["measured"]["seconds_per_step"] == 1.25);
  CHECK(contains(timed.table, "1.25 s\n"));
  CHECK(contains(timed.table, "2 h 05 min\n"));
}

TEST_CASE("a plan that does not fit suggests settings that would, in backticks") {
  TrainingPlan plan = sample();
  plan.fits = false;
  plan.available_bytes = 150 * kMebibyte;
  PlanRemedy smaller;
  smaller.batch_size = 2;
  smaller.gradient_accumulation = 4;
  PlanRemedy quantized;
  quantized.method = Method::qlora;
  plan.remedies = {smaller, quantized};
  const TrainingReport report = plan_report(plan);
  CHECK_FALSE(report.is_positive);
  CHECK(report.words ==
        "does not fit: 200 MiB needed, 150 MiB available; try `batch_size` 2 `gradient_accumulation` 4, or `method` "
        "qlora, which needs less");
  CHECK(report.summary["remedies"].size() == 2);
  plan.remedies.clear();
  CHECK(contains(plan_report(plan).words, "a smaller model"));
}

TEST_CASE("what the program itself has resident is beside the total") {
  const TrainingReport report = plan_report(sample(), 75 * kMebibyte);
  CHECK(report.words == "fits: 200 MiB of 300; about 275 MiB resident with the program and its libraries");
  CHECK(report.summary["bytes"]["total"] == 200 * kMebibyte);
  CHECK(report.summary["bytes"]["resident"] == 275 * kMebibyte);
  CHECK(contains(report.table, "275.0 MiB"));
}
