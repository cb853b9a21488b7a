// What the model answers while it is trained: OUTPUT/samples.jsonl, a line an evaluation and prompt, and the first of
// them as a line of the log.
#pragma once

#include <memory>

#include "base/sinks.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

std::unique_ptr<Tracker> make_sample_log(const TrackedRun& run, Log& log);

}  // namespace intelia
