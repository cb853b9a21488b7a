// Reads the words of a command line against option tables. It does not convert values, and knows no environment and no
// configuration file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/command.hpp"

namespace intelia {

/** The options given on the command line, by name, as Option::set takes them; those of a list in their order. */
struct ParsedArguments {
  std::map<std::string, std::vector<std::string>> values;
};

/**
 * Reads `arguments`, the words after the command's name: --NAME VALUE, --NAME=VALUE, --SWITCH, --no-SWITCH,
 * --SWITCH=true|false, and positional arguments; after `--` every word is positional. When an option is repeated, the
 * last value counts; a list keeps them all. Error{usage} for an unknown option, with the nearest known one,
 * for a missing value, and for an argument too many.
 */
ParsedArguments parse_arguments(const std::string& command, const std::vector<std::string>& arguments,
                                const OptionTable& own, const OptionTable& common);

}  // namespace intelia
