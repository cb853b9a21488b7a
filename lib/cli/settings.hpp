// From argv, environment and configuration file to bound options: flag > environment > file > default.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/command.hpp"

namespace intelia {

/** A value in the configuration file and its position, "intelia.toml:12". */
struct FileValue {
  std::vector<std::string> values;  // each as Option::set takes it
  bool is_list = false;             // an array, whose values are the items of a list option
  std::string where;
};

/** Values by table ("train sft"; "" for the top) and key. */
using ConfigurationFile = std::map<std::string, std::map<std::string, FileValue>>;

/** --config, or $INTELIA_CONFIG, or ./intelia.toml if it exists; otherwise empty. */
std::filesystem::path configuration_path(const CommonOptions& common);

/** Reads a TOML file. Error{usage} "file:line: what is wrong". */
ConfigurationFile read_configuration(const std::filesystem::path& path);

/** Sets each option of `table` from the source of highest precedence, and its origin. Error{usage} for a bad value. */
void apply_settings(OptionTable& table, const std::string& command, const ParsedArguments& arguments,
                    const ConfigurationFile& file);

/** Throws Error{usage} for an environment variable with the prefix of a command and the name of none of its options,
   with the nearest one. */
void check_environment(const Program& program);

/** Throws Error{usage}, with the nearest known name, for a table or key of `file` that no command has. */
void check_configuration(const Program& program, const ConfigurationFile& file);

/** "INTELIA_TRAIN_SFT_LEARNING_RATE"; for the common options `command` is empty. */
std::string environment_name(const std::string& command, const std::string& option);

void declare_common(OptionTable& table, CommonOptions& common);

}  // namespace intelia
