#include "model/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/error.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

bool is_inside(const fs::path& inner, const fs::path& folder) {
  const auto [rest, ignored] = std::mismatch(folder.begin(), folder.end(), inner.begin(), inner.end());
  return rest == folder.end();
}

}  // namespace

fs::path member_of_folder(const fs::path& folder, const std::string& name) {
  const fs::path path = folder / name;
  std::error_code failure;
  const fs::path real_folder = fs::canonical(folder, failure);
  if (failure) throw Error(Kind::input, fmt::format("{}: {}", folder.string(), failure.message()));
  const fs::path real = fs::canonical(path, failure);
  if (failure) throw Error(Kind::input, fmt::format("{}: {}", path.string(), failure.message()));
  if (!is_inside(real, real_folder)) {
    throw Error(Kind::input, fmt::format("{}: this link leads outside its folder; copy the folder with its links "
                                         "resolved (cp -rL)",
                                         path.string()));
  }
  if (!fs::is_regular_file(real, failure)) {
    throw Error(Kind::input, fmt::format("{}: not a regular file", path.string()));
  }
  return path;
}

}  // namespace intelia
