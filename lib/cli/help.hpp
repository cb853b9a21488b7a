// Help texts and shell completion, generated from the list of commands and their option tables.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace intelia {

/** The columns for help on standard output: COLUMNS, then the width of the terminal, then 80; from 50 to 160. */
std::size_t help_width();

/** The help of the program, paragraphs wrapped to `width` columns. */
std::string program_help(const Program& program, std::size_t width = 80);

/** The help of a group of commands ("train"): its subcommands. */
std::string group_help(const Program& program, const std::string& group);

/** The help of a command, wrapped to `width` columns. */
std::string command_help(const Command& command, std::size_t width = 80);

/** A completion script; `shell` is "bash", "zsh" or "fish". */
std::string completion_script(const Program& program, const std::string& shell);

}  // namespace intelia
