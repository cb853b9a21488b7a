// A run of Weights & Biases: its own Python client as a child process, fed JSON lines by a thread, so that training
// waits for neither. What it keeps lies in OUTPUT/wandb. The child is the program in wandb_client.py.
#pragma once

#include <memory>

#include "base/sinks.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

/** Runs the client's check. Error{usage} in words when the Python of $INTELIA_PYTHON lacks the package, or a key is
 * missing. */
void check_wandb();

std::unique_ptr<Tracker> make_wandb(const TrackedRun& run, const std::string& project, Log& log);

/** The text of wandb_client.py. */
const char* wandb_client();

}  // namespace intelia
