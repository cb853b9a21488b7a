#include "base/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "base/held_folder.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string& verb, const fs::path& path, const std::string& cause) {
  throw Error(Kind::io, "cannot " + verb + " '" + path.string() + "': " + cause);
}

/** The type; sets `error_number` if it cannot be determined. */
PathType look_at(const fs::path& path, int& error_number) {
  struct stat status {};
  error_number = 0;
  if (::stat(held_place(path).c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) error_number = errno;
    return PathType::missing;
  }
  if (S_ISREG(status.st_mode)) return PathType::file;
  return S_ISDIR(status.st_mode) ? PathType::folder : PathType::other;
}

/** Why `found` does not fit `wanted`; empty if it does. */
std::string wrong_type(PathType found, InputType wanted) {
  if (wanted == InputType::folder) return found == PathType::folder ? "" : "is not a folder";
  if (found == PathType::folder) return "is a folder";
  return found == PathType::other && wanted == InputType::file ? "is not a regular file" : "";
}

}  // namespace

PathType path_type(const fs::path& path) {
  int error_number = 0;
  const PathType type = look_at(path, error_number);
  if (error_number != 0) fail("access", path, system_message(error_number));
  return type;
}

bool is_reachable_file(const fs::path& path) {
  int error_number = 0;
  return look_at(path, error_number) == PathType::file;
}

std::string input_problem(const fs::path& path, InputType type) {
  int error_number = 0;
  const PathType found = look_at(path, error_number);
  if (error_number != 0) return "cannot be read: " + system_message(error_number);
  if (found == PathType::missing) return "does not exist";
  if (std::string problem = wrong_type(found, type); !problem.empty()) return problem;
  const int rights = type == InputType::folder ? R_OK | X_OK : R_OK;
  if (::faccessat(AT_FDCWD, held_place(path).c_str(), rights, AT_EACCESS) != 0)
    return "cannot be read: " + system_message(errno);
  return "";
}

void check_input(const fs::path& path, InputType type) {
  const std::string problem = input_problem(path, type);
  if (!problem.empty()) throw Error(Kind::usage, "'" + path.string() + "' " + problem);
}

std::uint64_t file_bytes(const fs::path& path) {
  std::error_code failure;
  const std::uintmax_t size = fs::file_size(held_place(path), failure);
  if (failure) fail("read the size of", path, failure.message());
  return size;
}

std::vector<std::string> folder_members(const fs::path& folder) {
  std::error_code failure;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(held_place(folder), failure); !failure && entry != fs::directory_iterator();
       entry.increment(failure))
    names.push_back(entry->path().filename().string());
  if (failure) fail("list folder", folder, failure.message());
  std::sort(names.begin(), names.end());
  return names;
}

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code failure;
  return fs::equivalent(held_place(a), held_place(b), failure) && !failure;
}

fs::path absolute_path(const fs::path& path) {
  std::error_code failure;
  fs::path absolute = fs::absolute(path.empty() ? fs::path(".") : path, failure);
  if (failure) fail("find the current folder of", path, failure.message());
  absolute = absolute.lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

fs::path nearest_existing(const fs::path& path) {
  fs::path place = absolute_path(path);
  while (path_type(place) == PathType::missing && place.has_relative_path()) place = place.parent_path();
  return place;
}

void make_folder(const fs::path& folder) {
  std::error_code failure;
  // create_directories() would make `missing` of "missing/..", and so reach a folder that no check of the path saw.
  fs::path so_far;
  bool is_missing = false;
  for (const fs::path& part : folder) {
    so_far /= part;
    if (part == ".." && is_missing)
      throw Error(Kind::usage, "'" + folder.string() + "' leads through a folder that does not exist");
    is_missing = is_missing || path_type(so_far) == PathType::missing;
  }
  fs::create_directories(held_place(folder), failure);
  if (failure) fail("make folder", folder, failure.message());
}

bool remove_file(const fs::path& path) {
  std::error_code failure;
  const bool was_there = fs::remove(held_entry(path), failure);
  if (failure) fail("remove", path, failure.message());
  return was_there;
}

void remove_folder(const fs::path& folder) {
  std::error_code failure;
  fs::remove_all(held_entry(folder), failure);
  if (failure) fail("remove", folder, failure.message());
}

void rename_path(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  fs::rename(held_entry(from), held_entry(to), failure);
  if (failure) fail("rename", from, "to '" + to.string() + "': " + failure.message());
}

}  // namespace intelia
