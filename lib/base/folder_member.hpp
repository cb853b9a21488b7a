// Which files of a downloaded model or adapter folder may be opened: such a folder may come from anyone, and a link in
// it to a private file would have that file printed or copied.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace intelia {

/**
 * `folder`/`name`. Throws Error{input} unless it is a regular file whose links stay inside `folder` or, in a snapshot
 * of a Hugging Face cache (models--ORG--NAME/snapshots/REVISION), lead to the blobs of the same repository. Opens
 * nothing.
 */
std::filesystem::path member_of_folder(const std::filesystem::path& folder, const std::string& name);

/** Whether `folder` has anything of that name, such as a link that leads nowhere. */
bool has_member(const std::filesystem::path& folder, const std::string& name);

/** The content of that file. Throws as member_of_folder() and read_file() do. */
std::string read_member(const std::filesystem::path& folder, const std::string& name,
                        std::uint64_t max_bytes = std::uint64_t{1} << 30);

}  // namespace intelia
