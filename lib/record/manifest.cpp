#include "record/manifest.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "record/json.hpp"

namespace intelia {

namespace fs = std::filesystem;

Json describe_file(const fs::path& path, std::int64_t records) {
  Json json;
  json["path"] = path.string();
  json["sha256"] = sha256_of_file(path);
  json["bytes"] = fs::file_size(path);
  if (records >= 0) json["records"] = records;
  return json;
}

Json describe_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name[0] != '.' && name != "manifest.json" && !name.ends_with(".jsonl"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Json list = Json::array();
  for (const fs::path& file : files) list.push_back(describe_file(file));
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
  write_file(folder / "manifest.json", manifest.dump(2) + "\n");
}

std::optional<Json> read_manifest(const fs::path& folder) {
  const fs::path path = folder / "manifest.json";
  if (!fs::exists(path)) return std::nullopt;
  return read_manifest_file(path);
}

Json read_manifest_file(const fs::path& file) {
  Json manifest = read_manifest_json(file);
  check_manifest(manifest, "'" + file.string() + "'");
  return manifest;
}

Json read_manifest_json(const fs::path& file) {
  const std::string name = "'" + file.string() + "'";
  // Looked at before it is opened: opening a pipe would wait for ever.
  if (!fs::is_regular_file(file)) throw Error(Kind::input, name + " is not a regular file");
  return parse_json(read_file(file, kMaxManifestBytes), name);
}

bool is_manifest(const Json& json) {
  return json.is_object() && json.contains("format") && json["format"].is_number_integer();
}

void check_manifest(const Json& json, const std::string& name) {
  if (!is_manifest(json)) throw Error(Kind::input, name + " is not a manifest of intelia (no 'format')");
  const Json& format = json["format"];
  // A number above 63 bits is unsigned and would turn negative as any other.
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

/** Whether `manifest` lists the bytes that `input` describes, under the same name. */
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
      std::error_code status;
      if (is_kept(place) || !fs::is_regular_file(place, status)) continue;
      try {
        Json manifest = read_manifest_file(place);
        if (!lists(manifest, input)) continue;
        manifest.erase("measured");
        if (manifest.dump().size() > kMaxKeptBytes) manifest.erase("origins");
        origins.push_back({{"path", place.string()}, {"manifest", std::move(manifest)}});
      } catch (const Error&) {
        continue;  // what cannot be read says nothing of the input
      }
    }
  }
  return origins;
}

namespace {

/** Whether there is nothing in `folder` but perhaps a lock, which a run killed at once may leave without its note. */
bool is_empty_folder(const fs::path& folder, const fs::path& lock_path) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != lock_path.filename()) return false;
  return true;
}

/** Whether the text of `path` is a manifest, of whatever format. */
bool holds_manifest(const fs::path& path) {
  try {
    return is_manifest(read_manifest_json(path));
  } catch (const Error&) {
    return false;
  }
}

/** Whether an earlier run of `command` made what lies in `folder`. Throws Error{input} for what a newer program made.
 */
bool is_made_by(const fs::path& folder, const fs::path& lock_path, const std::string& command) {
  if (fs::exists(folder / "manifest.json")) {
    if (!holds_manifest(folder / "manifest.json")) return false;
    const auto manifest = read_manifest(folder);
    auto says = [&](const char* key, const std::string& value) {
      return manifest->contains(key) && (*manifest)[key] == value;
    };
    return says("program", "intelia") && says("command", command);
  }
  if (!fs::exists(lock_path)) return false;
  const std::string note = read_file(lock_path);
  return note.find("\nintelia " + command + "\n") != std::string::npos;
}

}  // namespace

OutputFolder::OutputFolder(const fs::path& folder, const std::string& command, bool force) : path_(folder) {
  std::error_code status;
  const fs::path lock_path = folder / ".intelia.lock";
  if (fs::exists(folder) && !fs::is_directory(folder))
    throw Error(Kind::usage, "--output '" + folder.string() + "' is a file; a folder is written, name another");
  if (fs::exists(folder) && !force && !is_empty_folder(folder, lock_path) && !is_made_by(folder, lock_path, command))
    throw Error(Kind::usage, "'" + folder.string() + "' holds files that 'intelia " + command +
                                 "' did not make; name another folder, or pass --force to write there all the same");
  fs::create_directories(folder, status);
  if (status) throw Error(Kind::io, "cannot make folder '" + folder.string() + "': " + status.message());
  lock_.emplace(lock_path, "intelia " + command);
}

}  // namespace intelia
