#include "lineage/manifest_index.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/path.hpp"
#include "record/json_text.hpp"
#include "record/manifest.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLeftOutNames[] = {"rejected.jsonl", "dropped.jsonl", "quarantine.jsonl", "conflicts.jsonl"};
constexpr std::size_t kMaxFiles = 500'000;  // indexed by size, to find moved files
constexpr std::size_t kMaxFolderDepth = 64;
constexpr int kMaxKeptDepth = 64;  // of copies of manifests within manifests
// Of one manifest, so that the work on a manifest from elsewhere is bounded.
constexpr std::size_t kMaxListedFiles = 10'000;
constexpr std::size_t kMaxKeptRuns = 10'000;
constexpr std::size_t kMaxRunsOfFile = 256;  // that wrote or read the same content

bool is_sha256(const Json& json) {
  if (!json.is_string()) return false;
  const auto& text = json.get_ref<const std::string&>();
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::int64_t count_or_unknown(const Json& object, const char* key) {
  const auto value = object.find(key);
  // A number above 63 bits becomes negative, and thus unknown.
  return value != object.end() && value->is_number_integer() ? std::max<std::int64_t>(value->get<std::int64_t>(), -1)
                                                             : -1;
}

/** Whether a path stays below the folder of its manifest. */
bool stays_inside(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  return std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

/** Reads a manifest into a RunRecord; invalid parts are left out and described in `run.fault`. */
class RunReader {
 public:
  RunReader(const Json& manifest, RunRecord& run) : manifest_(manifest), run_(run) {}

  void read() {
    if (manifest_.contains("files") && manifest_.contains("step")) return read_checkpoint();
    run_.command = text_or("command", "(no command)");
    read_list("inputs", manifest_, [this](const Json& input, const std::string& where) { read_input(input, where); });
    read_list("outputs", manifest_,
              [this](const Json& output, const std::string& where) { read_output(output, where); });
    for (const auto& [key, value] : manifest_.items())
      if (key != "format" && key != "program" && key != "command" && key != "inputs" && key != "outputs" &&
          key != "origins")
        run_.facts[key] = value;
  }

 private:
  template <class Take>
  void read_list(const char* key, const Json& object, const Take& take) {
    if (!object.contains(key)) return;
    if (!object[key].is_array()) return say(std::string("'") + key + "' is not a list");
    std::size_t place = 0;
    for (const Json& item : object[key]) {
      if (place == kMaxListedFiles) return say_too_many(key);
      take(item, std::string(key) + "[" + std::to_string(place++) + "]");
    }
  }

  void say_too_many(const std::string& key) {
    note("'" + key + "' lists more than " + std::to_string(kMaxListedFiles) + " files; further ones are ignored");
  }

  void read_input(const Json& input, const std::string& where) {
    if (!input.is_object()) return say(where + " is not an object");
    if (!input.contains("path") && !input.contains("sha256")) return run_.sources.push_back(input);
    if (auto file = named_file(input, where)) run_.inputs.push_back(*file);
  }

  void read_output(const Json& output, const std::string& where) {
    auto file = named_file(output, where);
    if (!file) return;
    if (!stays_inside(file->path)) return say(where + " is outside the folder of the manifest");
    if (is_too_long_path(file->path)) return say(where + " has a path that is too long");
    run_.outputs.push_back(*file);
  }

  /** Reads a checkpoint: its files by name, and the inputs of its run. */
  void read_checkpoint() {
    run_.is_checkpoint = true;
    run_.command = "checkpoint of step " + manifest_["step"].dump();
    if (!manifest_["files"].is_object()) return say("'files' is not an object");
    std::size_t num_files = 0;
    for (const auto& [name, sha256] : manifest_["files"].items()) {
      if (num_files++ == kMaxListedFiles) {
        say_too_many("files");
        break;
      }
      read_output(Json{{"path", name}, {"sha256", sha256}}, "files." + name);
    }
    const Json state = manifest_.value("state", Json::object());
    const Json run = state.is_object() ? state.value("run", Json::object()) : Json::object();
    if (!run.is_object()) return say("'state.run' is not an object");
    for (const char* part : {"model", "adapter"})
      if (run.contains(part) && !run[part].is_null())
        read_list(part, run, [this](const Json& input, const std::string& where) { read_input(input, where); });
    for (const auto& [key, value] : run.items())
      if (key != "model" && key != "adapter") run_.facts[key] = value;
  }

  std::optional<NamedFile> named_file(const Json& json, const std::string& where) {
    if (!json.is_object() || !json.contains("path") || !json["path"].is_string() || !json.contains("sha256") ||
        !is_sha256(json["sha256"])) {
      say(where + " has no path or sha256");
      return std::nullopt;
    }
    return NamedFile{json["path"], json["sha256"], count_or_unknown(json, "bytes"), count_or_unknown(json, "records")};
  }

  std::string text_or(const char* key, const char* other) {
    return manifest_.contains(key) && manifest_[key].is_string() ? manifest_[key].get<std::string>() : other;
  }

  void say(const std::string& what) {
    note(what);
    run_.is_malformed = true;
  }
  void note(const std::string& what) {
    if (run_.fault.empty()) run_.fault = what;
  }

  const Json& manifest_;
  RunRecord& run_;
};

/** Identifies a run: equal manifests, apart from `measured` and `origins`, are of the same run. */
std::string content_of(const Json& manifest) {
  Json content = Json::object();  // not a copy of all: copies of manifests are nested
  for (const auto& [key, value] : manifest.items())
    if (key != "measured" && key != "origins") content[key] = value;
  return sha256_of(json_text(content));
}

bool is_manifest_name(const std::string& name) { return name == "manifest.json" || name.ends_with(".manifest.json"); }

bool is_left_out_name(const std::string& name) {
  return std::any_of(std::begin(kLeftOutNames), std::end(kLeftOutNames), [&](const char* left_out) {
    return name == left_out || name.ends_with(std::string(".") + left_out);
  });
}

}  // namespace

bool is_too_long_path(const std::string& path) {
  constexpr std::size_t kMaxBytes = 4096;  // what Linux opens
  constexpr std::ptrdiff_t kMaxParts = 128;
  return path.size() > kMaxBytes || std::count(path.begin(), path.end(), '/') >= kMaxParts;
}

fs::path canonical_name(const fs::path& path) {
  std::error_code status;
  fs::path name = fs::weakly_canonical(path.empty() ? fs::path(".") : path, status);
  return status ? absolute_path(path) : name;
}

void ManifestIndex::add_tree(const fs::path& folder) {
  check_input(folder, InputType::folder);
  struct PendingFolder {
    Folder folder;
    std::size_t depth;
  };
  std::vector<PendingFolder> pending{{{folder.lexically_normal(), canonical_name(folder)}, 0}};
  while (!pending.empty()) {
    sinks_.stop.check("lineage");
    const PendingFolder next = std::move(pending.back());
    pending.pop_back();
    std::vector<Folder> subfolders;
    take_folder(next.folder, &subfolders);
    if (next.depth == kMaxFolderDepth) continue;
    for (auto subfolder = subfolders.rbegin(); subfolder != subfolders.rend(); ++subfolder)
      pending.push_back({std::move(*subfolder), next.depth + 1});
  }
}

void ManifestIndex::add_folder(const fs::path& folder) {
  const fs::path shown = folder.empty() ? fs::path(".") : folder;
  if (!input_problem(shown, InputType::folder).empty()) return;
  take_folder({shown.lexically_normal(), canonical_name(shown)}, nullptr);
}

void ManifestIndex::take_folder(const Folder& folder, std::vector<Folder>* subfolders) {
  const bool is_known = !known_folders_.insert(folder.canonical).second;
  if (is_known && subfolders == nullptr) return;
  std::error_code status;
  std::vector<fs::directory_entry> entries;
  const fs::directory_iterator end;
  for (fs::directory_iterator entry(folder.shown, status); !status && entry != end; entry.increment(status))
    entries.push_back(*entry);
  if (status) sinks_.log.warning("cannot list folder '" + folder.shown.string() + "': " + status.message());
  std::sort(entries.begin(), entries.end());
  const std::size_t number = folders_.size();
  if (!is_known) folders_.push_back(folder);
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    const fs::path path = folder.shown == "." ? fs::path(name) : folder.shown / name;
    if (entry.is_directory(status) && !entry.is_symlink(status)) {
      if (subfolders != nullptr && name[0] != '.') subfolders->push_back({path, folder.canonical / name});
      continue;
    }
    if (is_known || name[0] == '.') continue;
    if (is_manifest_name(name)) read_run(path);
    if (!entry.is_regular_file(status)) continue;
    if (is_left_out_name(name)) left_out_.push_back(path);
    if (num_files_ == kMaxFiles)
      sinks_.log.warning("more than " + std::to_string(kMaxFiles) +
                         " files; further ones are not found if they were moved: "
                         "search fewer folders");
    if (num_files_++ < kMaxFiles) {
      const auto bytes = static_cast<std::int64_t>(entry.file_size(status));
      if (!status) files_by_size_[bytes].push_back({number, name});
    }
  }
}

void ManifestIndex::read_run(const fs::path& manifest) {
  RunRecord run;
  run.manifests = {manifest};
  try {
    const Json json = read_manifest_json(manifest);
    if (!is_manifest(json)) return sinks_.log.debug("'" + manifest.string() + "' is not a manifest of intelia");
    check_manifest(json, "'" + manifest.string() + "'");
    num_kept_runs_ = 0;
    add_run(json, std::move(run), 0);
  } catch (const Error& error) {
    run.manifests = {manifest};
    run.fault = error.what();
    run.is_refused = true;
    sinks_.log.warning(run.fault);
    runs_.push_back(std::move(run));
    runs_by_folder_[canonical_name(manifest.parent_path())].push_back(&runs_.back());
  }
}

const RunRecord& ManifestIndex::add_run(const Json& manifest, RunRecord&& found, int depth) {
  const bool is_kept = found.manifests.empty();
  RunRecord*& known = run_by_content_[content_of(manifest)];
  RunRecord* run = known;
  if (run == nullptr) {
    RunReader(manifest, found).read();
    if (!found.fault.empty()) {
      const fs::path& place = is_kept ? found.kept_in : found.manifests.front();
      found.fault = "'" + place.string() + "': " + found.fault;
      sinks_.log.warning(found.fault);
    }
    runs_.push_back(std::move(found));
    run = known = &runs_.back();
    index_files(*run);
  } else if (!is_kept) {
    // It was known from a copy in another manifest, or has several paths.
    run->manifests.push_back(found.manifests.front());
    run->kept_in.clear();
    if (manifest.contains("measured")) run->facts["measured"] = manifest["measured"];
  }
  const fs::path holder = is_kept ? run->kept_in : run->manifests.back();
  if (!is_kept) runs_by_folder_[canonical_name(holder.parent_path())].push_back(run);
  if (depth < kMaxKeptDepth && manifest.contains("origins") && manifest["origins"].is_array())
    add_kept_runs(manifest, *run, holder, depth);
  return *run;
}

void ManifestIndex::add_kept_runs(const Json& manifest, RunRecord& run, const fs::path& holder, int depth) {
  for (const Json& origin : manifest["origins"]) {
    sinks_.stop.check("lineage");
    if (num_kept_runs_ == kMaxKeptRuns)
      sinks_.log.warning("'" + holder.string() + "' has copies of more than " + std::to_string(kMaxKeptRuns) +
                         " manifests; further ones are ignored");
    if (++num_kept_runs_ > kMaxKeptRuns) return;
    if (!origin.is_object() || !origin.contains("manifest")) continue;
    try {
      check_manifest(origin["manifest"], "a copy of a manifest in '" + holder.string() + "'");
    } catch (const Error& error) {
      sinks_.log.warning(error.what());
      continue;
    }
    RunRecord kept;
    kept.kept_in = holder;
    if (origin.contains("path") && origin["path"].is_string()) kept.recorded_manifest = origin["path"];
    run.kept_runs.push_back(&add_run(origin["manifest"], std::move(kept), depth + 1));
  }
}

void ManifestIndex::index_files(const RunRecord& run) {
  if (run.is_checkpoint) return;
  const auto add = [&run](auto& index, const NamedFile& file) {
    auto& list = index[file.sha256];
    if (list.size() < kMaxRunsOfFile && (list.empty() || list.back() != &run)) list.push_back(&run);
  };
  for (const NamedFile& output : run.outputs) add(makers_, output);
  for (const NamedFile& input : run.inputs) add(users_, input);
  for (const auto* files : {&run.outputs, &run.inputs})
    for (const NamedFile& file : *files) sizes_.insert(file.bytes);
}

std::vector<const RunRecord*> ManifestIndex::makers_of(const std::string& sha256) const {
  const auto found = makers_.find(sha256);
  return found == makers_.end() ? std::vector<const RunRecord*>() : found->second;
}

std::vector<const RunRecord*> ManifestIndex::users_of(const std::string& sha256) const {
  const auto found = users_.find(sha256);
  return found == users_.end() ? std::vector<const RunRecord*>() : found->second;
}

std::vector<const RunRecord*> ManifestIndex::runs_in(const fs::path& folder) const {
  const auto found = runs_by_folder_.find(canonical_name(folder));
  return found == runs_by_folder_.end() ? std::vector<const RunRecord*>() : found->second;
}

bool ManifestIndex::is_size_known(std::int64_t bytes) const { return sizes_.count(bytes) > 0 || sizes_.count(-1) > 0; }

std::vector<fs::path> ManifestIndex::files_of_size(std::int64_t bytes) const {
  std::vector<fs::path> paths;
  const auto found = files_by_size_.find(bytes);
  if (found == files_by_size_.end()) return paths;
  for (const FileName& file : found->second) {
    const fs::path& folder = folders_[file.folder].shown;
    paths.push_back(folder == "." ? fs::path(file.name) : folder / file.name);
  }
  return paths;
}

const std::string& ManifestIndex::sha256_of(const fs::path& file) {
  std::string& sha256 = sha256_by_path_[canonical_name(file)];
  if (!sha256.empty()) return sha256;
  // O_NONBLOCK: the path may have become a pipe.
  const int number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (number < 0) throw Error(Kind::io, "cannot read '" + file.string() + "': " + system_message(errno));
  const std::shared_ptr<void> closed(nullptr, [number](void*) { ::close(number); });
  const auto total = static_cast<std::int64_t>(file_bytes(file));
  std::vector<char> block(1 << 20);
  std::int64_t done = 0;
  Sha256 hash;
  for (;;) {
    sinks_.stop.check("lineage");
    const ssize_t num_read = ::read(number, block.data(), block.size());
    if (num_read < 0 && errno == EINTR) continue;
    if (num_read < 0) throw Error(Kind::io, "cannot read '" + file.string() + "': " + system_message(errno));
    if (num_read == 0) break;
    hash.update(block.data(), static_cast<std::size_t>(num_read));
    done += num_read;
    sinks_.progress.update({"MiB", done >> 20, total >> 20, file.filename().string()});
  }
  return sha256 = hash.finish();
}

}  // namespace intelia
