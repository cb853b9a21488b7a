// Answers of the model during training: OUTPUT/samples.jsonl, one line per evaluation and prompt; the first answer of
// each evaluation is logged, too.
#pragma once

#include <memory>

#include "base/sinks.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

std::unique_ptr<Tracker> make_sample_log(const TrackedRun& run, Log& log);

}  // namespace intelia
