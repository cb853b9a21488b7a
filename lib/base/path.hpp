// Queries and operations on paths without exceptions of std::filesystem: failures are Error{io} with path and cause.
// It opens no file, since opening a pipe can block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace intelia {

/** The type of what a path refers to, symbolic links followed. */
enum class PathType { missing, file, folder, other /* a pipe, a socket or a device */ };

/** Throws Error{io} when it cannot be determined, such as in a folder without search permission. */
PathType path_type(const std::filesystem::path& path);
inline bool is_file(const std::filesystem::path& path) { return path_type(path) == PathType::file; }
/** Whether `path` is a regular file; false when that cannot be determined. Never throws. */
bool is_reachable_file(const std::filesystem::path& path);
inline bool is_folder(const std::filesystem::path& path) { return path_type(path) == PathType::folder; }

/** Requirements on an input. */
enum class InputType {
  file,    // a regular file, which can be read repeatedly
  stream,  // also a pipe or a device, which can be read once
  folder,
};

/** Why `path` cannot be read as a `type`: "does not exist", "is a folder", "cannot be read: Permission denied"; empty
    when it can. Never throws. */
std::string input_problem(const std::filesystem::path& path, InputType type);

/** Throws Error{usage} "'PATH' does not exist" when input_problem finds one. For paths that a setting names. */
void check_input(const std::filesystem::path& path, InputType type);

/** The size of a file. Throws Error{io}. */
std::uint64_t file_bytes(const std::filesystem::path& path);

/** The names of what is in `folder`, sorted. Throws Error{io}. */
std::vector<std::string> folder_members(const std::filesystem::path& folder);

/** Whether both refer to the same file or folder; false when one of them does not exist. */
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/** `path` as a normalized absolute path without a trailing slash. Throws Error{io} when the current folder was removed.
 */
std::filesystem::path absolute_path(const std::filesystem::path& path);

/** `path` or its nearest parent that exists, as an absolute path. Throws Error{io}. */
std::filesystem::path nearest_existing(const std::filesystem::path& path);

/** Creates `folder` and its missing parents. Throws Error{io}, or Error{usage} for a ".." after a missing one. */
void make_folder(const std::filesystem::path& folder);

/** Removes a file; returns whether it existed. Throws Error{io}. */
bool remove_file(const std::filesystem::path& path);

/** Removes `folder` with everything in it; a missing one is no error. Links in it are removed, not followed. Throws
    Error{io}. */
void remove_folder(const std::filesystem::path& folder);

/** Renames a file or folder, replacing an existing file or empty folder. Throws Error{io}. */
void rename_path(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace intelia
