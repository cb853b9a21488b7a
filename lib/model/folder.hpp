// Decides which files of a downloaded model or adapter folder may be opened.
#pragma once

#include <filesystem>
#include <string>

namespace intelia {

/** `folder`/`name`; Error{input} unless it is a regular file whose links stay inside `folder`. Opens nothing. */
std::filesystem::path member_of_folder(const std::filesystem::path& folder, const std::string& name);

}  // namespace intelia
