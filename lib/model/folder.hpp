// Members of a model or adapter folder that came from elsewhere: which of its names may be opened. Knows no format.
#pragma once

#include <filesystem>
#include <string>

namespace intelia {

/** `folder`/`name`; Error{input} unless it is a regular file whose links stay inside `folder`. Opens nothing. */
std::filesystem::path member_of_folder(const std::filesystem::path& folder, const std::string& name);

}  // namespace intelia
