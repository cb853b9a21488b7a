// The learning rate as a pure function of the optimizer step, with the same meaning as in transformers 5
// (optimization.py).
#pragma once

#include <cstdint>

#include "engine/jobs.hpp"

namespace intelia {

/** Rows per optimizer step; with a batch size of 0 (auto) as many as with the default batch size. */
std::int64_t rows_per_step(const TrainingSettings& settings);

/** Optimizer steps of a run: max_steps when that is above 0, else ceil(epochs · ceil(num_rows / rows_per_step)). */
std::int64_t total_steps(std::int64_t num_rows, const TrainingSettings& settings);

/** The steps that a setting means: `length` itself when >= 1, else ceil(length · total). */
std::int64_t steps_of(double length, std::int64_t total);

/** A schedule over a known number of steps. */
class Schedule {
 public:
  /** Throws Error{usage} when warm-up, stable phase and decay of wsd are together longer than `total`. */
  Schedule(const ScheduleSettings& settings, std::int64_t total);

  /** Factor of the peak rate at `step` (0-based: steps done so far); warm-up is linear. */
  double factor(std::int64_t step) const;

 private:
  double wsd_factor(std::int64_t step) const;
  ScheduleSettings settings_;
  std::int64_t total_, warmup_, stable_, decay_;
};

}  // namespace intelia
