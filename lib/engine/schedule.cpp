#include "engine/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace intelia {

std::int64_t total_updates(std::int64_t num_samples, const SftSettings& settings) {
  const std::int64_t batches = (num_samples + settings.batch_size - 1) / settings.batch_size;
  const std::int64_t updates = (batches + settings.gradient_accumulation - 1) / settings.gradient_accumulation;
  if (settings.max_steps > 0) return settings.max_steps;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(settings.epochs * static_cast<double>(updates))));
}

std::int64_t warmup_updates(double warmup, std::int64_t total) {
  if (warmup >= 1) return static_cast<std::int64_t>(warmup);
  return static_cast<std::int64_t>(std::ceil(warmup * static_cast<double>(total)));
}

double schedule_factor(Scheduler scheduler, std::int64_t step, std::int64_t warmup, std::int64_t total) {
  if (step < warmup) return static_cast<double>(step) / static_cast<double>(std::max<std::int64_t>(1, warmup));
  const double progress =
      static_cast<double>(step - warmup) / static_cast<double>(std::max<std::int64_t>(1, total - warmup));
  switch (scheduler) {
    case Scheduler::constant: return 1;
    case Scheduler::linear: return std::max(0.0, 1 - progress);
    case Scheduler::cosine: return std::max(0.0, 0.5 * (1 + std::cos(M_PI * progress)));
  }
  return 1;
}

}  // namespace intelia
