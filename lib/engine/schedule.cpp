#include "engine/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.hpp"

namespace intelia {

std::int64_t rows_per_step(const TrainingSettings& settings) {
  const int batch_size = settings.batch_size > 0 ? settings.batch_size : TrainingSettings().batch_size;
  return static_cast<std::int64_t>(batch_size) * settings.gradient_accumulation;
}

std::int64_t total_steps(std::int64_t num_rows, const TrainingSettings& settings) {
  if (settings.max_steps > 0) return settings.max_steps;
  const std::int64_t rows = rows_per_step(settings), steps = (num_rows + rows - 1) / rows;  // per epoch
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(settings.epochs * static_cast<double>(steps))));
}

std::int64_t steps_of(double length, std::int64_t total) {
  if (length >= 1) return static_cast<std::int64_t>(length);
  return static_cast<std::int64_t>(std::ceil(length * static_cast<double>(total)));
}

Schedule::Schedule(const ScheduleSettings& settings, std::int64_t total)
    : settings_(settings), total_(total), warmup_(steps_of(settings.warmup, total)), stable_(0), decay_(0) {
  if (settings.kind != Scheduler::wsd) return;
  decay_ = steps_of(settings.decay, total);
  stable_ = settings.stable > 0 ? steps_of(settings.stable, total) : total - warmup_ - decay_;
  if (stable_ < 0 || warmup_ + stable_ + decay_ > total)
    throw Error(Kind::usage, "`scheduler` wsd: warm-up, stable phase and decay take " +
                                 std::to_string(warmup_ + std::max<std::int64_t>(0, stable_) + decay_) +
                                 " optimizer steps, the run has " + std::to_string(total) +
                                 "; shorten `warmup`, `stable` or `decay`");
}

double Schedule::factor(std::int64_t step) const {
  if (settings_.kind == Scheduler::wsd) return wsd_factor(step);
  if (step < warmup_) return static_cast<double>(step) / static_cast<double>(warmup_);
  const double minimum = settings_.minimum_ratio;
  const double progress =
      static_cast<double>(step - warmup_) / static_cast<double>(std::max<std::int64_t>(1, total_ - warmup_));
  switch (settings_.kind) {
    case Scheduler::linear:
      return std::max(0.0, 1 - progress);
    case Scheduler::cosine:
      return std::max(0.0, 0.5 * (1 + std::cos(M_PI * progress)) * (1 - minimum) + minimum);
    default:
      return 1;
  }
}

double Schedule::wsd_factor(std::int64_t step) const {
  const double minimum = settings_.minimum_ratio;
  const auto above_minimum = [&](double factor) { return std::max(0.0, factor * (1 - minimum) + minimum); };
  if (step < warmup_) return above_minimum(static_cast<double>(step) / static_cast<double>(warmup_));
  if (step < warmup_ + stable_) return 1;
  if (step >= warmup_ + stable_ + decay_) return minimum;
  const double progress = static_cast<double>(step - warmup_ - stable_) / static_cast<double>(decay_);
  switch (settings_.decay_shape) {
    case DecayShape::linear:
      return above_minimum(1 - progress);
    case DecayShape::cosine:
      return above_minimum(0.5 * (1 + std::cos(M_PI * progress)));
    case DecayShape::one_minus_sqrt:
      return above_minimum(1 - std::sqrt(progress));
  }
  return minimum;
}

}  // namespace intelia
