#include "record/manifest.hpp"

#include "base/error.hpp"

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

namespace {

bool is_manifest(const Json& json) {
  return json.is_object() && json.contains("format") && json["format"].is_number_integer();
}

}  // namespace

std::optional<Json> read_manifest(const fs::path& folder) {
  const fs::path path = folder / "manifest.json";
  if (!fs::exists(path)) return std::nullopt;
  Json manifest = parse_json(read_file(path), "'" + path.string() + "'");
  if (!is_manifest(manifest)) throw Error(Kind::input, "'" + path.string() + "' is not a manifest of intelia (no 'format')");
  if (manifest["format"].get<std::int64_t>() > kManifestFormat)
    throw Error(Kind::input, "'" + path.string() + "' has format " + manifest["format"].dump() +
                                 ", written by a newer intelia; this one reads up to " + std::to_string(kManifestFormat));
  return manifest;
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
    return is_manifest(parse_json(read_file(path), path.string()));
  } catch (const Error&) {
    return false;
  }
}

/** Whether an earlier run of `command` made what lies in `folder`. Throws Error{input} for what a newer program made. */
bool is_made_by(const fs::path& folder, const fs::path& lock_path, const std::string& command) {
  if (fs::exists(folder / "manifest.json")) {
    if (!holds_manifest(folder / "manifest.json")) return false;
    const auto manifest = read_manifest(folder);
    auto says = [&](const char* key, const std::string& value) { return manifest->contains(key) && (*manifest)[key] == value; };
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
