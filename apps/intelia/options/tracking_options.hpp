// Options of training commands for the trackers that follow a run (lib/tracking).
#pragma once

#include "cli/command.hpp"
#include "tracking/tracking_settings.hpp"

namespace intelia {

/** --tensorboard --mlflow-experiment --mlflow-weights --wandb-project --plot --samples --sample-tokens. */
void declare_tracking_options(OptionTable& table, TrackingSettings& settings);

/** Error{usage} for values out of range, a malformed server address or credential, and missing packages. */
void check_tracking_options(const TrackingSettings& settings);

}  // namespace intelia
