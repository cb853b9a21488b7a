// The schedule against values computed by hand; tests/parity/test_sft.py compares with transformers.
#include "engine/schedule.hpp"

#include <doctest/doctest.h>

using namespace intelia;

namespace {

double factor(Scheduler kind, std::int64_t step, double warmup, std::int64_t total) {
  return Schedule({.kind = kind, .warmup = warmup}, total).factor(step);
}

}  // namespace

TEST_CASE("number of steps: the last step of an epoch may be smaller, and epochs may be fractional") {
  SftSettings settings;
  settings.batch_size = 4;
  settings.gradient_accumulation = 4;
  settings.epochs = 3;
  CHECK(total_steps(160, settings) == 30);
  CHECK(total_steps(161, settings) == 33);  // 41 batches, 11 steps
  CHECK(total_steps(1, settings) == 3);
  settings.epochs = 0.5;
  CHECK(total_steps(161, settings) == 6);  // ceil(5.5)
  settings.max_steps = 7;
  CHECK(total_steps(160, settings) == 7);
}

TEST_CASE("with batch size auto a step has as many rows as with the default") {
  SftSettings settings;
  settings.epochs = 1.5;
  settings.batch_size = 0;
  settings.gradient_accumulation = 6;
  CHECK(rows_per_step(settings) == 24);
  for (const std::int64_t num_rows : {1, 23, 24, 25, 1000}) {
    const std::int64_t total = total_steps(num_rows, settings);
    for (const int batch_size : {1, 2, 3, 4, 6, 8, 12, 24}) {  // whichever is chosen
      SftSettings chosen = settings;
      chosen.batch_size = batch_size;
      chosen.gradient_accumulation = 24 / batch_size;
      CHECK(total_steps(num_rows, chosen) == total);
    }
  }
}

TEST_CASE("warm-up: steps from 1 on, a fraction below") {
  CHECK(steps_of(0, 100) == 0);
  CHECK(steps_of(0.03, 101) == 4);
  CHECK(steps_of(1, 100) == 1);
  CHECK(steps_of(20, 100) == 20);
}

TEST_CASE("linear: from 0 in the warm-up, to 0 at the end") {
  CHECK(factor(Scheduler::linear, 0, 0, 10) == 1);
  CHECK(factor(Scheduler::linear, 3, 0, 10) == doctest::Approx(0.7));
  CHECK(factor(Scheduler::linear, 0, 2, 10) == 0);
  CHECK(factor(Scheduler::linear, 1, 2, 10) == 0.5);
  CHECK(factor(Scheduler::linear, 2, 2, 10) == 1);
  CHECK(factor(Scheduler::linear, 6, 2, 10) == 0.5);
  CHECK(factor(Scheduler::linear, 10, 2, 10) == 0);
}

TEST_CASE("cosine: half at the middle, and constant stays") {
  CHECK(factor(Scheduler::cosine, 0, 0, 8) == 1);
  CHECK(factor(Scheduler::cosine, 4, 0, 8) == doctest::Approx(0.5));
  CHECK(factor(Scheduler::cosine, 2, 0, 8) == doctest::Approx(0.8535533906));
  CHECK(factor(Scheduler::cosine, 8, 0, 8) == doctest::Approx(0));
  CHECK(factor(Scheduler::constant, 5, 2, 8) == 1);
  CHECK(factor(Scheduler::constant, 1, 2, 8) == 0.5);
}

TEST_CASE("wsd: warm-up, stable, and decay to the minimum rate; lengths that do not fit are errors") {
  const ScheduleSettings settings{
      .kind = Scheduler::wsd, .warmup = 2, .minimum_ratio = 0.1, .decay = 4, .decay_shape = DecayShape::linear};
  const Schedule schedule(settings, 10);
  CHECK(schedule.factor(0) == doctest::Approx(0.1));
  CHECK(schedule.factor(1) == doctest::Approx(0.55));
  for (const std::int64_t step : {2, 3, 4, 5}) CHECK(schedule.factor(step) == 1);
  CHECK(schedule.factor(6) == doctest::Approx(1));
  CHECK(schedule.factor(8) == doctest::Approx(0.55));
  CHECK(schedule.factor(9) == doctest::Approx(0.325));
  CHECK(schedule.factor(10) == doctest::Approx(0.1));
  CHECK_THROWS_WITH(Schedule(settings, 5),
                    doctest::Contains("`scheduler` wsd: warm-up, stable phase and decay take 6 optimizer steps"));
  ScheduleSettings longer = settings;
  longer.stable = 5;
  CHECK_THROWS_WITH(Schedule(longer, 10), doctest::Contains("take 11 optimizer steps, the run has 10"));
  longer.stable = 2;
  CHECK(Schedule(longer, 10).factor(8) == doctest::Approx(0.1));  // decayed before the end
}

TEST_CASE("cosine ends at the minimum rate") {
  const Schedule schedule({.kind = Scheduler::cosine, .warmup = 2, .minimum_ratio = 0.2}, 10);
  CHECK(schedule.factor(1) == 0.5);
  CHECK(schedule.factor(6) == doctest::Approx(0.6));
  CHECK(schedule.factor(10) == doctest::Approx(0.2));
}
