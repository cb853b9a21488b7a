// What stands at a path. Calls of std::filesystem that throw are made nowhere else: an answer here is a value, or an
// Error that names the path and repeats the system's words. It opens nothing, since opening a pipe can block.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace intelia {

/** What a path leads to, symbolic links followed. */
enum class PathType { missing, file, folder, other /* a pipe, a socket or a device */ };

/** Throws Error{io} when the system cannot tell, as in a folder that may not be searched. */
PathType path_type(const std::filesystem::path& path);
inline bool is_file(const std::filesystem::path& path) { return path_type(path) == PathType::file; }
inline bool is_folder(const std::filesystem::path& path) { return path_type(path) == PathType::folder; }

/** What an input has to be. */
enum class InputType {
  file,    // a regular file, which can be read several times
  stream,  // anything that can be read once: a pipe or a device, too
  folder,
};

/** Why `path` cannot be read as a `type`: "does not exist", "is a folder", "cannot be read: Permission denied"; empty
    when nothing speaks against it. Never throws. */
std::string input_problem(const std::filesystem::path& path, InputType type);

/** Throws Error{usage} "'PATH' does not exist" when input_problem finds one. For paths that a setting names. */
void check_input(const std::filesystem::path& path, InputType type);

/** The size of a file. Throws Error{io}. */
std::uint64_t file_bytes(const std::filesystem::path& path);

/** The names of what is in `folder`, sorted. Throws Error{io}. */
std::vector<std::string> folder_members(const std::filesystem::path& folder);

/** Whether both lead to the same file or folder; false when one of them leads nowhere. */
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/** `path` from the root, without "." and "..". Throws Error{io} when the current folder is gone. */
std::filesystem::path absolute_path(const std::filesystem::path& path);

/** The nearest folder at or above `path` that exists, as an absolute path. Throws Error{io}. */
std::filesystem::path nearest_existing(const std::filesystem::path& path);

/** Makes `folder` and what is missing above it. Throws Error{io}. */
void make_folder(const std::filesystem::path& folder);

/** Removes a file; whether there was one. Throws Error{io}. */
bool remove_file(const std::filesystem::path& path);

}  // namespace intelia
