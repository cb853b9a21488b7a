// Paths that options name, checked before any work.
#pragma once

#include <filesystem>
#include <string>

#include "base/path.hpp"

namespace intelia {

/** Throws Error{usage} "--OPTION 'PATH' does not exist" when `path` cannot be read as a `type`. */
void check_input_option(const std::string& option, const std::filesystem::path& path, InputType type);

/** The same for the file argument of a command, which may be a pipe; "-" and nothing at all are standard input. */
void check_file_argument(const std::filesystem::path& file);

}  // namespace intelia
