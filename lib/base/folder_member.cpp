#include "base/folder_member.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/held_folder.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

bool is_inside(const fs::path& inner, const fs::path& folder) {
  const auto [rest, ignored] = std::mismatch(folder.begin(), folder.end(), inner.begin(), inner.end());
  return rest == folder.end();
}

/** The blobs that the links of `folder` lead to if it is a snapshot of a Hugging Face cache; otherwise empty. */
fs::path blobs_of_snapshot(const fs::path& folder) {
  const fs::path snapshots = folder.parent_path();
  return snapshots.filename() == "snapshots" ? snapshots.parent_path() / "blobs" : fs::path();
}

}  // namespace

fs::path member_of_folder(const fs::path& folder, const std::string& name) {
  const fs::path path = folder / name;
  std::error_code failure;
  const fs::path real_folder = fs::canonical(held_place(folder), failure);
  if (failure) throw Error(Kind::input, fmt::format("{}: {}", folder.string(), failure.message()));
  const fs::path real = fs::canonical(held_place(path), failure);
  if (failure) throw Error(Kind::input, fmt::format("{}: {}", path.string(), failure.message()));
  if (!is_inside(real, real_folder) && real.parent_path() != blobs_of_snapshot(real_folder)) {
    throw Error(Kind::input, fmt::format("{}: the link leads outside its folder; copy the folder with its links "
                                         "resolved (cp -rL)",
                                         path.string()));
  }
  if (!fs::is_regular_file(real, failure)) {
    throw Error(Kind::input, fmt::format("{}: not a regular file", path.string()));
  }
  return path;
}

bool has_member(const fs::path& folder, const std::string& name) {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(held_entry(folder / name), failure);
  return fs::exists(status);
}

std::string read_member(const fs::path& folder, const std::string& name, std::uint64_t max_bytes) {
  return read_file(member_of_folder(folder, name), max_bytes);
}

}  // namespace intelia
