// The learning rate as a pure function of the update, with the meaning transformers 5 gives to each word (optimization.py).
#pragma once

#include <cstdint>

#include "engine/jobs.hpp"

namespace intelia {

/** Updates of a run: max_steps when that is above 0, else ceil(epochs · ceil(num_batches / accumulation)). */
std::int64_t total_updates(std::int64_t num_samples, const SftSettings& settings);

/** Warm-up updates: `warmup` itself when >= 1, else ceil(warmup · total). */
std::int64_t warmup_updates(double warmup, std::int64_t total);

/** Factor of the peak rate for update `step` (0-based: updates done so far). Linear warm-up from 0, then linear or cosine to 0. */
double schedule_factor(Scheduler scheduler, std::int64_t step, std::int64_t warmup, std::int64_t total);

}  // namespace intelia
