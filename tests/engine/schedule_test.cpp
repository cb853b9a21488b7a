// The schedule against values worked out by hand from references' definition; tests/parity/test_sft.py asks transformers itself.
#include <doctest/doctest.h>

#include "engine/schedule.hpp"

using namespace intelia;

TEST_CASE("number of updates: the last window of an epoch may be short, and epochs may be fractions") {
  SftSettings settings;
  settings.batch_size = 4;
  settings.gradient_accumulation = 4;
  settings.epochs = 3;
  CHECK(total_updates(160, settings) == 30);
  CHECK(total_updates(161, settings) == 33);   // 41 batches, 11 windows
  CHECK(total_updates(1, settings) == 3);
  settings.epochs = 0.5;
  CHECK(total_updates(161, settings) == 6);    // ceil(5.5)
  settings.max_steps = 7;
  CHECK(total_updates(160, settings) == 7);
}

TEST_CASE("warm-up: updates from 1 on, a fraction below") {
  CHECK(warmup_updates(0, 100) == 0);
  CHECK(warmup_updates(0.03, 101) == 4);
  CHECK(warmup_updates(1, 100) == 1);
  CHECK(warmup_updates(20, 100) == 20);
}

TEST_CASE("linear: from 0 in the warm-up, to 0 at the end") {
  CHECK(schedule_factor(Scheduler::linear, 0, 0, 10) == 1);
  CHECK(schedule_factor(Scheduler::linear, 3, 0, 10) == doctest::Approx(0.7));
  CHECK(schedule_factor(Scheduler::linear, 0, 2, 10) == 0);
  CHECK(schedule_factor(Scheduler::linear, 1, 2, 10) == 0.5);
  CHECK(schedule_factor(Scheduler::linear, 2, 2, 10) == 1);
  CHECK(schedule_factor(Scheduler::linear, 6, 2, 10) == 0.5);
  CHECK(schedule_factor(Scheduler::linear, 10, 2, 10) == 0);
}

TEST_CASE("cosine: half at the middle, and constant stays") {
  CHECK(schedule_factor(Scheduler::cosine, 0, 0, 8) == 1);
  CHECK(schedule_factor(Scheduler::cosine, 4, 0, 8) == doctest::Approx(0.5));
  CHECK(schedule_factor(Scheduler::cosine, 2, 0, 8) == doctest::Approx(0.8535533906));
  CHECK(schedule_factor(Scheduler::cosine, 8, 0, 8) == doctest::Approx(0));
  CHECK(schedule_factor(Scheduler::constant, 5, 2, 8) == 1);
  CHECK(schedule_factor(Scheduler::constant, 1, 2, 8) == 0.5);
}
