// The memory and time that a training run needs, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/jobs.hpp"
#include "training/report.hpp"

namespace intelia {

double mebibytes(std::uint64_t bytes);

/** Peak memory of the run: model, training state and overhead. */
std::uint64_t total_bytes(const TrainingPlan& plan);

/** What would make the run fit, the best first, with the settings' names in backticks. */
std::vector<std::string> remedies_of(const TrainingPlan& plan);

/** Settings have their names in backticks. is_positive: whether the run fits the available memory. `program_bytes`:
   what the process has resident without the run, which is not part of the total, or 0. */
TrainingReport plan_report(const TrainingPlan& plan, std::uint64_t program_bytes = 0);

}  // namespace intelia
