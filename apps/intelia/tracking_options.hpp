// Options of the commands that train: who is told of the run while it goes on (lib/tracking).
#pragma once

#include <memory>
#include <vector>

#include "command.hpp"
#include "tracking/trackers.hpp"

namespace intelia {

struct TrackingOptions {
  bool tensorboard = false;
  std::string mlflow_experiment;  // empty: none
  std::string wandb_project;      // empty: none
  bool plot = true;
};

/** --tensorboard --mlflow-experiment --wandb-project --plot. */
void declare_tracking_options(OptionTable& table, TrackingOptions& options);

/** Names of the options: a resumed run may have others. */
const std::vector<const char*>& tracking_option_names();

/** Error{usage} when the server's address or a credential is malformed, or what Weights & Biases needs is missing. */
void check_tracking_options(const TrackingOptions& options);

/**
 * Whom `options` name, for a run that writes into `output`. `identity`: what a resumed run must find unchanged. Asks
 * the MLflow server once: Error{usage} when it refuses.
 */
std::unique_ptr<Trackers> make_trackers(const TrackingOptions& options, const std::filesystem::path& output,
                                        bool resumes, const Json& identity, const Context& context);

}  // namespace intelia
