// The learning rate as a pure function of the update, with the meaning transformers 5 gives to each word
// (optimization.py).
#pragma once

#include <cstdint>

#include "engine/jobs.hpp"

namespace intelia {

/** Rows of an update; a batch size of 0 (auto) leaves an update as large as the default makes it. */
std::int64_t rows_of_update(const SftSettings& settings);

/** Updates of a run: max_steps when that is above 0, else ceil(epochs · ceil(num_rows / rows_of_update)). */
std::int64_t total_updates(std::int64_t num_rows, const SftSettings& settings);

/** Updates that a setting means: `length` itself when >= 1, else ceil(length · total). */
std::int64_t updates_of(double length, std::int64_t total);

/** A schedule whose lengths are known. */
class Schedule {
 public:
  /** Throws Error{usage} when warm-up, stable part and decay of wsd are together longer than `total`. */
  Schedule(const ScheduleSettings& settings, std::int64_t total);

  /** Factor of the peak rate for update `step` (0-based: updates done so far); warm-up is linear. */
  double factor(std::int64_t step) const;

 private:
  double wsd_factor(std::int64_t step) const;
  ScheduleSettings settings_;
  std::int64_t total_, warmup_, stable_, decay_;
};

}  // namespace intelia
