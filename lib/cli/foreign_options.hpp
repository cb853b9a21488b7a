// Names of options in other programs of the field (transformers, TRL, PEFT, Axolotl, Unsloth, LLaMA-Factory, llama.cpp,
// synthetic-data-kit, lm-evaluation-harness), and the options of the same meaning here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intelia {

/**
 * The suggestion for the unknown option `name` (without leading dashes; '_' counts as '-') of a command whose options
 * are `options`: what other programs call so, " (did you mean '--method qlora'?)", else the nearest name, else nothing.
 */
std::string suggest_option(std::string_view name, const std::vector<std::string>& options);

/** The same for a key of the configuration file: " (did you mean 'method'?)". */
std::string suggest_key(std::string_view name, const std::vector<std::string>& options);

/** The options that suggest_option() can suggest for the names of other programs. */
std::vector<std::string> suggested_options();

}  // namespace intelia
