// Options of the commands that let a model answer: generate and chat.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "engine/jobs.hpp"

namespace intelia {

/** --max-new-tokens --temperature --top-k --top-p --min-p --repetition-penalty --seed --stop. */
void declare_sampling_options(OptionTable& table, SamplingSettings& sampling, std::vector<std::string>& stop_strings);

/** Warns of filters of sampling where nothing is sampled. */
void warn_of_unused_filters(const SamplingSettings& sampling, Log& log);

/** Logs which settings of the model's generation_config.json are not used. */
void tell_ignored_sampling(const std::filesystem::path& model, Log& log);

}  // namespace intelia
