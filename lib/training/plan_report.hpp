// How much memory and time a training run needs, as people and programs read it.
#pragma once

#include <cstdint>
#include <string>

#include "engine/jobs.hpp"
#include "training/report.hpp"

namespace intelia {

double mebibytes(std::uint64_t bytes);

/** Peak memory of the run: model, training state and overhead. */
std::uint64_t total_bytes(const SftPlan& plan);

/** Alternatives that fit, joined by ", or ". */
std::string remedy_words(const SftPlan& plan);

/** is_positive: whether the run fits the available memory. */
TrainingReport plan_report(const SftPlan& plan);

}  // namespace intelia
