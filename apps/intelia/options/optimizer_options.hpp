// The options of optimizers and learning-rate schedules, the same for every command that trains.
#pragma once

#include "cli/command.hpp"
#include "engine/jobs.hpp"

namespace intelia {

void declare_optimizer_options(OptionTable& table, OptimizerSettings& settings);
void declare_schedule_options(OptionTable& table, ScheduleSettings& settings);

/** Throw Error{usage} for values out of range, and for options of another optimizer or schedule. */
void check_optimizer_options(const OptimizerSettings& settings);
void check_schedule_options(const ScheduleSettings& settings);

}  // namespace intelia
