// Help pages and shell completion, generated from the list of commands and their tables.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace intelia {

/** The page of the whole program. */
std::string program_help(const Program& program);

/** The page of a group of commands ("train"): its subcommands. */
std::string group_help(const Program& program, const std::string& group);

/** The page of one command. */
std::string command_help(const Command& command);

/** A completion script; `shell` is "bash", "zsh" or "fish". */
std::string completion_script(const Program& program, const std::string& shell);

}  // namespace intelia
