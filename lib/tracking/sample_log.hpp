// What the model answers while it is trained: OUTPUT/samples.jsonl, a line an evaluation and prompt, and the first of them as
// a line of the log.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

/** `prompts`: names of the prompts, in the order of the answers; `text_of` turns an answer's ids into text. */
std::unique_ptr<Tracker> make_sample_log(const TrackedRun& run, std::vector<std::string> prompts,
                                         std::function<std::string(const std::vector<std::int32_t>&)> text_of, Log& log);

}  // namespace intelia
