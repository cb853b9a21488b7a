#include "engine/checkpoint_folders.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "base/folder_member.hpp"
#include "base/path.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

/** The step in the name of a checkpoint's folder; nothing for other names. */
std::optional<std::int64_t> step_of(const std::string& name) {
  constexpr std::string_view kPrefix = "checkpoint-";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  std::int64_t step = 0;
  const char* begin = name.data() + kPrefix.size();
  const auto [end, status] = std::from_chars(begin, name.data() + name.size(), step);
  if (status != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return step;
}

}  // namespace

std::vector<std::pair<std::int64_t, fs::path>> list_checkpoints(const fs::path& output) {
  std::vector<std::pair<std::int64_t, fs::path>> list;
  if (!is_folder(output)) return list;
  for (const std::string& name : folder_members(output)) {
    if (const auto step = step_of(name); step && is_folder(output / name)) list.emplace_back(*step, output / name);
  }
  std::sort(list.rbegin(), list.rend());
  return list;
}

bool has_checkpoints(const fs::path& output) { return !list_checkpoints(output).empty(); }

}  // namespace intelia
