// A run of Weights & Biases: its Python client as a child process (wandb_client.py), fed JSON lines by a background
// thread, so that training waits for neither. The client's files are in OUTPUT/wandb.
#pragma once

#include <memory>

#include "base/sinks.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

/** Runs the client's check. Error{usage} when the Python of $INTELIA_PYTHON lacks the package, or the key is missing.
 */
void check_wandb();

std::unique_ptr<Tracker> make_wandb(const TrackedRun& run, const std::string& project, Log& log);

/** The text of wandb_client.py. */
const char* wandb_client();

}  // namespace intelia
