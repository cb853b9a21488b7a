#include "record/manifest.hpp"

#include "base/error.hpp"
#include "base/path.hpp"
#include "record/json.hpp"
#include "record/json_text.hpp"

namespace intelia {

namespace fs = std::filesystem;

Json describe_file(const fs::path& path, std::int64_t records) {
  Json json;
  json["path"] = path.string();
  json["sha256"] = sha256_of_file(path);
  json["bytes"] = file_bytes(path);
  if (records >= 0) json["records"] = records;
  return json;
}

Json describe_folder(const fs::path& folder) {
  Json list = Json::array();
  for (const std::string& name : folder_members(folder))
    if (name[0] != '.' && name != "manifest.json" && !name.ends_with(".jsonl") && is_file(folder / name))
      list.push_back(describe_file(folder / name));
  return list;
}

Json describe_output(const AtomicFile& file, std::int64_t records) {
  Json json;
  json["path"] = file.path().filename().string();
  json["sha256"] = file.sha256();
  json["bytes"] = file.num_bytes();
  if (records >= 0) json["records"] = records;
  return json;
}

Json make_manifest(const std::string& command, const std::string& version, const Json& options) {
  Json manifest;
  manifest["format"] = kManifestFormat;
  manifest["program"] = "intelia";
  manifest["version"] = version;
  manifest["command"] = command;
  manifest["options"] = options;
  return manifest;
}

void write_manifest(const fs::path& folder, const Json& manifest) {
  write_file(folder / "manifest.json", json_text(manifest, 2) + "\n");
}

std::optional<Json> read_manifest(const fs::path& folder) {
  const fs::path path = folder / "manifest.json";
  if (path_type(path) == PathType::missing) return std::nullopt;
  return read_manifest_file(path);
}

Json read_manifest_file(const fs::path& file) {
  Json manifest = read_manifest_json(file);
  check_manifest(manifest, "'" + file.string() + "'");
  return manifest;
}

Json read_manifest_json(const fs::path& file) {
  const std::string name = "'" + file.string() + "'";
  // Checked before it is opened: opening a pipe would block.
  if (!is_file(file)) throw Error(Kind::input, name + " is not a regular file");
  return parse_json(read_file(file, kMaxManifestBytes), name);
}

bool is_manifest(const Json& json) {
  if (!json.is_object() || !json.contains("format")) return false;
  return json["format"].is_number_integer() || json.value("program", Json()) == "intelia";
}

std::optional<Json> own_manifest(const fs::path& folder) {
  const fs::path path = folder / "manifest.json";
  if (!is_file(path)) return std::nullopt;
  Json manifest = read_manifest_json(path);
  if (!is_manifest(manifest)) return std::nullopt;
  check_manifest(manifest, "'" + path.string() + "'");
  return manifest;
}

void check_manifest(const Json& json, const std::string& name) {
  if (!is_manifest(json)) throw Error(Kind::input, name + " is not a manifest of intelia (no 'format')");
  const Json& format = json["format"];
  if (!format.is_number_integer()) throw Error(Kind::input, name + " is malformed: 'format' is " + format.dump());
  // A number of 64 bits is unsigned: as a signed one it would be negative.
  const bool is_newer = format.is_number_unsigned() ? format.get<std::uint64_t>() > kManifestFormat
                                                    : format.get<std::int64_t>() > kManifestFormat;
  if (is_newer)
    throw Error(Kind::input, name + " has format " + format.dump() +
                                 ", written by a newer intelia; this one reads up to " +
                                 std::to_string(kManifestFormat));
}

std::vector<fs::path> manifest_places(const fs::path& file) {
  const fs::path folder = file.parent_path();
  return {folder / (file.stem().string() + ".manifest.json"), folder / "manifest.json"};
}

namespace {

/** Whether `manifest` lists an output with the name and hash of `input`. */
bool lists(const Json& manifest, const Json& input) {
  if (!manifest.contains("outputs") || !manifest["outputs"].is_array()) return false;
  const std::string name = fs::path(input["path"].get<std::string>()).filename().string();
  for (const Json& output : manifest["outputs"])
    if (output.is_object() && output.value("path", Json()) == name && output.value("sha256", Json()) == input["sha256"])
      return true;
  return false;
}

}  // namespace

Json origins_of(const Json& inputs) {
  constexpr std::size_t kMaxKeptBytes = 1 << 20;
  Json origins = Json::array();
  const auto is_kept = [&](const fs::path& place) {
    for (const Json& origin : origins)
      if (origin["path"] == place.string()) return true;
    return false;
  };
  for (const Json& input : inputs) {
    if (!input.contains("path") || !input.contains("sha256")) continue;
    for (const fs::path& place : manifest_places(input["path"].get<std::string>())) {
      if (is_kept(place) || !input_problem(place, InputType::file).empty()) continue;
      try {
        Json manifest = read_manifest_file(place);
        if (!lists(manifest, input)) continue;
        manifest.erase("measured");
        if (json_text(manifest).size() > kMaxKeptBytes) manifest.erase("origins");
        origins.push_back({{"path", place.string()}, {"manifest", std::move(manifest)}});
      } catch (const Error&) {
        continue;  // an unreadable manifest has no information about the input
      }
    }
  }
  return origins;
}

namespace {

/** Whether `folder` is empty but for a lock, which a killed run may leave without its note. */
bool is_empty_folder(const fs::path& folder, const fs::path& lock_path) {
  const std::vector<std::string> members = folder_members(folder);
  return members.empty() || (members.size() == 1 && members.front() == lock_path.filename());
}

/** Whether `path` contains a manifest, of any format. */
bool holds_manifest(const fs::path& path) {
  try {
    return is_manifest(read_manifest_json(path));
  } catch (const Error&) {
    return false;
  }
}

/** Whether an earlier run of `command` made the content of `folder`. Throws Error{input} for a manifest of a newer
    format. */
bool is_made_by(const fs::path& folder, const fs::path& lock_path, const std::string& command) {
  if (path_type(folder / "manifest.json") != PathType::missing) {
    if (!holds_manifest(folder / "manifest.json")) return false;
    const auto manifest = read_manifest(folder);
    auto says = [&](const char* key, const std::string& value) {
      return manifest->contains(key) && (*manifest)[key] == value;
    };
    return says("program", "intelia") && says("command", command);
  }
  if (path_type(lock_path) == PathType::missing) return false;
  const std::string note = read_file(lock_path);
  return note.find("\nintelia " + command + "\n") != std::string::npos;
}

}  // namespace

OutputFolder::OutputFolder(const fs::path& folder, const std::string& command, bool force) : path_(folder) {
  const fs::path lock_path = folder / ".intelia.lock";
  const PathType type = path_type(folder);
  if (type != PathType::missing && type != PathType::folder)
    throw SettingError(Kind::usage, "output", "'" + folder.string() + "' is a file; choose a folder");
  if (type == PathType::missing) make_folder(folder);
  held_.emplace(folder, /*may_be_link=*/type == PathType::folder);
  if (type == PathType::folder && !force && !is_empty_folder(folder, lock_path) &&
      !is_made_by(folder, lock_path, command))
    throw SettingError(Kind::usage, "force",
                       "'" + folder.string() + "' contains files that were not written by 'intelia " + command +
                           "'; choose another folder, or overwrite them",
                       SettingError::Role::remedy);
  lock_.emplace(lock_path, "intelia " + command);
}

}  // namespace intelia
