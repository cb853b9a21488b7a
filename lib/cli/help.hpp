// Help texts and shell completion, generated from the list of commands and their option tables.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace intelia {

/** The help of the program. */
std::string program_help(const Program& program);

/** The help of a group of commands ("train"): its subcommands. */
std::string group_help(const Program& program, const std::string& group);

/** The help of a command. */
std::string command_help(const Command& command);

/** A completion script; `shell` is "bash", "zsh" or "fish". */
std::string completion_script(const Program& program, const std::string& shell);

}  // namespace intelia
