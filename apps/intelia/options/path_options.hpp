// Paths that options name, checked before any work.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/path.hpp"
#include "cli/command.hpp"

namespace intelia {

/** Throws Error{usage} "--OPTION 'PATH' does not exist" when `path` cannot be read as a `type`. */
void check_input_option(const std::string& option, const std::filesystem::path& path, InputType type);

/** The same for the file argument of a command, which may be a pipe; "-" and nothing at all are standard input. */
void check_file_argument(const std::filesystem::path& file);

/** `folder`, its files `names`, and those that every run writes there. */
std::vector<std::filesystem::path> outputs_in(const std::filesystem::path& folder,
                                              const std::vector<std::string>& names = {});

/** Throws Error{usage} if one of `outputs` is one of `inputs`, or a file of an input that is a folder (its JSON Lines
    and hidden files, and those more than one folder down, are no inputs). The configuration file is an input, too.
    Empty paths are skipped. */
void check_inputs_stay(const std::vector<std::filesystem::path>& outputs, std::vector<std::filesystem::path> inputs,
                       const CommonOptions& common);

}  // namespace intelia
