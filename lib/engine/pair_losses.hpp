// What the losses of preference optimization need, and which of them can be combined. Their values are nn's.
#pragma once

#include "engine/jobs.hpp"

namespace intelia {

/** Whether a loss compares the model with a reference; that of `sft` does not, but its rewards do, as in TRL. */
bool needs_reference(PairLoss loss);
bool needs_reference(const DpoSettings& settings);

/** Error{usage} for combinations that TRL refuses or that have no meaning; settings are in backticks. */
void check_pair_losses(const DpoSettings& settings);

}  // namespace intelia
