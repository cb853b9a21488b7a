// Options of the commands that let a model answer: generate and chat.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "engine/jobs.hpp"

namespace intelia {

/** --method of commands that do not train; automatic: as the adapter was trained, else as stored. */
enum class WeightsMethod { automatic, qlora, lora };

/** --model --adapter --method --precision --device. */
void declare_generating_model(OptionTable& table, ModelSettings& settings, WeightsMethod& method);

/** --max-new-tokens --temperature --top-k --top-p --min-p --repetition-penalty --seed --stop. */
void declare_sampling_options(OptionTable& table, SamplingSettings& sampling, std::vector<std::string>& stop_strings);

/** What `method` means for this model: qlora for an adapter that was trained on NF4 weights, which is logged. */
Method weights_method(const ModelSettings& settings, WeightsMethod method, Log& log);

/** Warns of filters of sampling where nothing is sampled. */
void warn_of_unused_filters(const SamplingSettings& sampling, Log& log);

/** Logs which settings of the model's generation_config.json are not used. */
void tell_ignored_sampling(const std::filesystem::path& model, Log& log);

}  // namespace intelia
