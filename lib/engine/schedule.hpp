// The learning rate as a pure function of the update, with the meaning transformers 5 gives to each word (optimization.py).
#pragma once

#include <cstdint>

#include "engine/jobs.hpp"

namespace intelia {

/** Updates of a run: max_steps when that is above 0, else ceil(epochs · ceil(num_batches / accumulation)). */
std::int64_t total_updates(std::int64_t num_samples, const SftSettings& settings);

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
