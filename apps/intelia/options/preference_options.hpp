// Options of training on preferences: what the model is compared with.
#pragma once

#include "cli/command.hpp"
#include "engine/jobs.hpp"

namespace intelia {

/** --reference --reference-adapter. */
void declare_reference_options(OptionTable& table, ReferenceSettings& settings);

/** Error{usage} for a reference that cannot be, and for dropout, which would make policy and reference differ. */
void check_reference_options(const ReferenceSettings& reference, const TrainingSettings& training);

}  // namespace intelia
