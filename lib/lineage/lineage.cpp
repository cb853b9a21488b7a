#include "lineage/lineage.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/error.hpp"
#include "base/path.hpp"
#include "record/manifest.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxRunDepth = 256;
constexpr std::size_t kMaxAlso = 8;

std::string name_of(const NamedFile& file) { return fs::path(file.path).filename().string(); }

/** The output of `run` named `name`, preferably with the same hash. */
const NamedFile* output_named(const RunRecord& run, const std::string& name, const std::string& sha256) {
  const NamedFile* found = nullptr;
  for (const NamedFile& output : run.outputs)
    if (fs::path(output.path).lexically_normal() == name && (found == nullptr || output.sha256 == sha256))
      found = &output;
  return found;
}

bool is_weights(const NamedFile& file) { return name_of(file).ends_with(".safetensors"); }

/** Whether `written` is a model or an adapter of which a reader of `read` has read no weights: what they have in common
    may be copies, as the tokenizer of a base in an adapter, so that the folder that was read counts. */
bool may_be_copies(const std::vector<NamedFile>& read, const std::vector<NamedFile>& written) {
  return std::any_of(written.begin(), written.end(), is_weights) && std::none_of(read.begin(), read.end(), is_weights);
}

/** Whether what `reader` read is still where it read it, and nowhere in `places`. */
bool was_read_elsewhere(const std::vector<NamedFile>& read, const RunRecord& reader, const std::set<fs::path>& places) {
  bool is_there = false;
  for (const NamedFile& file : read)
    for (const fs::path& place : Lineage::places_of(file.path, reader)) {
      if (!is_reachable_file(place)) continue;
      if (places.count(canonical_name(place)) > 0) return false;
      is_there = true;
    }
  return is_there;
}

/** The canonical paths at which `run` wrote its outputs. */
std::set<fs::path> places_of_outputs(const RunRecord& run) {
  std::set<fs::path> places;
  for (const fs::path& manifest : run.manifests)
    for (const NamedFile& output : run.outputs) places.insert(canonical_name(manifest.parent_path() / output.path));
  return places;
}

/** Groups files by their recorded folder, in the order of the manifest. */
template <class File, class PathOf>
std::vector<std::vector<File>> by_folder(const std::vector<File>& files, const PathOf& path_of) {
  std::vector<std::vector<File>> groups;
  std::unordered_map<std::string, std::size_t> places;
  for (const File& file : files) {
    const auto [place, is_new] = places.emplace(fs::path(path_of(file)).parent_path().string(), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(file);
  }
  return groups;
}

bool contains(const std::vector<const RunRecord*>& runs, const RunRecord* run) {
  return std::find(runs.begin(), runs.end(), run) != runs.end();
}

}  // namespace

const char* state_words(FileState state) {
  switch (state) {
    case FileState::as_written:
      return "as written";
    case FileState::same_size:
      return "same size, not read";
    case FileState::changed:
      return "modified";
    case FileState::unreadable:
      return "unreadable";
    case FileState::not_found:
      return "not found";
    case FileState::unrecorded:
      break;
  }
  return "not in any manifest";
}

Lineage::FileIndex Lineage::names_in(const std::vector<NamedFile>& files) {
  FileIndex index;
  for (const NamedFile& file : files) {
    index.by_name[name_of(file)] = &file;
    index.has_weights = index.has_weights || is_weights(file);
  }
  return index;
}

const Lineage::FileIndex& Lineage::outputs_in(const RunRecord& run) {
  const auto [place, is_new] = output_indexes_.try_emplace(&run);
  if (!is_new) return place->second;
  FileIndex& index = place->second;
  index = names_in(run.outputs);
  for (const fs::path& manifest : run.manifests) {
    for (const NamedFile& output : run.outputs) {
      index_.check_stop();
      index.hashes_by_place[canonical_name(manifest.parent_path() / output.path)].insert(output.sha256);
    }
  }
  return index;
}

/** Whether `file` is at the path where `run` wrote it according to its manifest. */
bool Lineage::lies_beside(const LineageFile& file, const RunRecord& run) {
  if (file.path.empty() || file.state == FileState::changed) return false;
  const auto& hashes_by_place = outputs_in(run).hashes_by_place;
  const auto place = hashes_by_place.find(canonical_name(file.path));
  return place != hashes_by_place.end() && place->second.count(file.recorded.sha256) > 0;
}

/**
 * Whether what was read from one folder, `read`, is what a run wrote there, `written`: of the files that have a name in
 * common, those with the same bytes must outweigh the others; where both have weights, only those count. This
 * distinguishes two adapters with the same adapter_config.json, and an adapter from its base with the same tokenizer.
 */
bool Lineage::is_same_folder(const std::vector<NamedFile>& read, const FileIndex& written) {
  struct Bytes {
    std::int64_t equal = 0, other = 0;
  } weights, rest;
  for (const NamedFile& file : read) {
    const auto found = written.by_name.find(name_of(file));
    if (found == written.by_name.end()) continue;
    Bytes& bytes = is_weights(file) ? weights : rest;
    (found->second->sha256 == file.sha256 ? bytes.equal : bytes.other) += std::max<std::int64_t>(file.bytes, 1);
  }
  if (written.has_weights && std::any_of(read.begin(), read.end(), is_weights))
    return weights.equal > 0 && weights.equal >= weights.other;
  return rest.equal >= rest.other;
}

std::vector<fs::path> Lineage::places_of(const std::string& path, const RunRecord& run) {
  if (is_too_long_path(path)) return {};
  std::vector<fs::path> places{path};
  if (fs::path(path).is_absolute()) return places;
  // The working directory of the run is not recorded; usually it is a parent of the outputs.
  const fs::path here = absolute_path(".");
  std::vector<fs::path> manifests = run.manifests;
  if (manifests.empty()) manifests.push_back(run.kept_in);
  for (const fs::path& manifest : manifests) {
    for (fs::path folder = absolute_path(manifest).parent_path();; folder = folder.parent_path()) {
      const fs::path place = (folder / path).lexically_normal();
      const fs::path shown = place.lexically_relative(here);
      const bool is_below = !shown.empty() && *shown.begin() != "..";
      if (folder != here) places.push_back(is_below ? shown : place);
      if (folder == folder.parent_path()) break;
    }
  }
  return places;
}

FileState Lineage::state_at(const fs::path& place, const NamedFile& recorded) {
  try {
    const auto bytes = static_cast<std::int64_t>(file_bytes(place));
    if (recorded.bytes >= 0 && bytes != recorded.bytes) return FileState::changed;
    if (recorded.bytes >= 0 && !reads_files_) return FileState::same_size;
    return index_.sha256_of(place) == recorded.sha256 ? FileState::as_written : FileState::changed;
  } catch (const Error& error) {
    if (error.kind() != Kind::io) throw;
    return FileState::unreadable;
  }
}

LineageFile Lineage::locate(const NamedFile& recorded, const std::vector<fs::path>& places) {
  LineageFile file{recorded};
  index_.check_stop();
  for (const fs::path& place : places) {
    if (!is_reachable_file(place)) continue;
    index_.add_folder(place.parent_path());
    const FileState state = state_at(place, recorded);
    if (file.path.empty() || state == FileState::as_written || state == FileState::same_size) {
      file.path = place;
      file.state = state;
    }
    if (state == FileState::as_written || state == FileState::same_size) return file;
  }
  if (recorded.bytes > 0) {
    for (const fs::path& candidate : index_.files_of_size(recorded.bytes)) {
      if (!is_reachable_file(candidate)) continue;
      try {
        if (index_.sha256_of(candidate) != recorded.sha256) continue;
      } catch (const Error& error) {
        if (error.kind() != Kind::io) throw;
        continue;
      }
      file = {recorded, candidate, FileState::as_written, true};
      return file;
    }
  }
  if (file.state == FileState::changed)
    ++num_changed_;
  else
    ++num_not_found_;
  return file;
}

const RunRecord* Lineage::refused_beside(const fs::path& file) const {
  for (const fs::path& place : manifest_places(file))
    for (const RunRecord* run : index_.runs_in(file.parent_path()))
      if (run->is_refused && run->manifests.front().filename() == place.filename()) return run;
  return nullptr;
}

/** Removes from `files` those of the most likely run that wrote them; or all of them if no run is known. */
LineageOrigin Lineage::origin_of(std::vector<LineageFile>& files, const std::vector<NamedFile>& folder,
                                 const RunRecord& reader) {
  struct Candidate {
    const RunRecord* run;
    std::vector<std::size_t> files;
    std::size_t num_beside = 0;
    bool is_kept = false;  // the manifest of the reader has a copy of the manifest of this run
  };
  std::vector<Candidate> candidates;
  std::map<const RunRecord*, bool> is_possible;
  std::map<const RunRecord*, std::size_t> places;  // in `candidates`
  const std::set<const RunRecord*> kept(reader.kept_runs.begin(), reader.kept_runs.end());
  for (std::size_t i = 0; i < files.size(); ++i) {
    index_.check_stop();
    for (const RunRecord* maker : index_.makers_of(files[i].recorded.sha256)) {
      const bool is_beside = lies_beside(files[i], *maker);
      // A copied input does not originate from the copying run, and empty files are all identical.
      if (maker == &reader || (files[i].recorded.bytes == 0 && !is_beside)) continue;
      const auto [possible, is_new] = is_possible.emplace(maker, false);
      if (is_new) possible->second = is_same_folder(folder, outputs_in(*maker));
      if (!possible->second) continue;
      const bool is_there = !files[i].path.empty() && !files[i].was_moved;
      if (is_there && !is_beside && may_be_copies(folder, maker->outputs) && kept.count(maker) == 0) continue;
      const auto [candidate, is_first] = places.emplace(maker, candidates.size());
      if (is_first) candidates.push_back({maker, {}, 0, kept.count(maker) > 0});
      candidates[candidate->second].files.push_back(i);
      candidates[candidate->second].num_beside += is_beside ? 1 : 0;
    }
  }
  LineageOrigin origin;
  if (candidates.empty()) {
    origin.files.swap(files);
    for (const LineageFile& file : origin.files)
      if (origin.run == nullptr && !file.path.empty()) origin.run = refused_beside(file.path);
    if (origin.run != nullptr) ++num_refused_;
    return origin;
  }
  const auto is_likelier = [this](const Candidate& a, const Candidate& b) {
    const bool a_is_open = contains(stack_, a.run), b_is_open = contains(stack_, b.run);
    if (a_is_open != b_is_open) return b_is_open;
    return std::tuple(a.is_kept, a.num_beside, a.files.size()) > std::tuple(b.is_kept, b.num_beside, b.files.size());
  };
  const Candidate best = *std::min_element(candidates.begin(), candidates.end(), is_likelier);
  origin.run = best.run;
  for (const Candidate& other : candidates)
    if (other.run != best.run && other.files == best.files && origin.also.size() < kMaxAlso)
      origin.also.push_back(other.run);
  std::vector<LineageFile> others;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool is_covered = std::binary_search(best.files.begin(), best.files.end(), i);
    (is_covered ? origin.files : others).push_back(std::move(files[i]));
  }
  files.swap(others);
  return origin;
}

std::vector<LineageOrigin> Lineage::by_run(const std::vector<LineageFile>& files, const RunRecord& reader) {
  std::vector<LineageOrigin> origins;
  for (std::vector<LineageFile>& group : by_folder(files, [](const LineageFile& file) { return file.recorded.path; })) {
    std::vector<NamedFile> folder;
    for (const LineageFile& file : group) folder.push_back(file.recorded);
    while (!group.empty()) origins.push_back(origin_of(group, folder, reader));
  }
  return origins;
}

void Lineage::expand(LineageOrigin& origin) {
  const RunRecord* run = origin.run;
  if (run == nullptr || run->is_refused) return;
  origin.is_loop = contains(stack_, run);
  origin.is_told_above = !origin.is_loop && told_.count(run) > 0;
  origin.is_too_deep = stack_.size() == kMaxRunDepth;
  if (origin.is_loop || origin.is_told_above || origin.is_too_deep) return;
  told_.insert(run);
  if (run->is_malformed) ++num_refused_;
  stack_.push_back(run);
  // A checkpoint is in the folder of its run, whose manifest has more information.
  if (run->is_checkpoint && !run->manifests.empty()) {
    const fs::path above = absolute_path(run->manifests.front()).parent_path().parent_path();
    index_.add_folder(above);
    for (const RunRecord* holder : index_.runs_in(above))
      if (!holder->is_refused && origin.origins.empty()) {
        origin.origins.emplace_back();
        origin.origins.back().run = holder;
      }
  }
  if (origin.origins.empty()) {
    std::vector<LineageFile> inputs;
    for (const NamedFile& input : run->inputs) inputs.push_back(locate(input, places_of(input.path, *run)));
    origin.origins = by_run(inputs, *run);
  }
  for (LineageOrigin& before : origin.origins) expand(before);
  stack_.pop_back();
}

LineageOrigin Lineage::of_file(const fs::path& file) {
  index_.add_folder(file.parent_path());
  const std::string& sha256 = index_.sha256_of(file);
  const std::string name = file.filename().string();
  LineageOrigin origin;
  LineageFile& found = origin.files.emplace_back();
  found.path = file;
  found.recorded = {file.string(), sha256, static_cast<std::int64_t>(file_bytes(file))};
  found.state = FileState::unrecorded;
  for (const RunRecord* run : index_.runs_in(file.parent_path())) {
    const NamedFile* output = output_named(*run, name, sha256);
    if (output == nullptr || (origin.run != nullptr && output->sha256 != sha256)) continue;
    origin.run = run;
    found.recorded = *output;
    found.state = output->sha256 == sha256 ? FileState::as_written : FileState::changed;
  }
  if (origin.run == nullptr) {
    origin.run = refused_beside(file);
    if (origin.run != nullptr) ++num_refused_;
  }
  // Empty files are all identical: their hash identifies nothing.
  const auto makers = found.recorded.bytes == 0 ? std::vector<const RunRecord*>() : index_.makers_of(sha256);
  for (const RunRecord* maker : makers) {
    if (origin.run == nullptr) {
      origin.run = maker;
      for (const NamedFile& output : maker->outputs)
        if (output.sha256 == sha256) found.recorded = output;
      found.state = FileState::as_written;
      found.was_moved = true;
    } else if (maker != origin.run && origin.also.size() < kMaxAlso) {
      origin.also.push_back(maker);
    }
  }
  if (found.state == FileState::changed) ++num_changed_;
  expand(origin);
  return origin;
}

LineageOrigin Lineage::outputs_of(const RunRecord& run, const fs::path& manifest) {
  LineageOrigin origin;
  origin.run = &run;
  if (run.is_refused) ++num_refused_;
  for (const NamedFile& output : run.outputs)
    origin.files.push_back(locate(output, {manifest.parent_path() / output.path}));
  expand(origin);
  return origin;
}

LineageOrigin Lineage::of_manifest(const fs::path& file) {
  index_.add_folder(file.parent_path());
  const fs::path name = canonical_name(file);
  for (const RunRecord* run : index_.runs_in(file.parent_path()))
    for (const fs::path& manifest : run->manifests)
      if (canonical_name(manifest) == name) {
        return outputs_of(*run, file);
      }
  throw Error(Kind::input, "'" + file.string() + "' is not a manifest");
}

std::vector<LineageOrigin> Lineage::of_folder(const fs::path& folder) {
  index_.add_folder(folder);
  std::vector<LineageOrigin> origins;
  const fs::path name = canonical_name(folder);
  for (const RunRecord* run : index_.runs_in(folder)) {
    const auto manifest = std::find_if(run->manifests.begin(), run->manifests.end(), [&](const fs::path& place) {
      return canonical_name(place.parent_path()) == name;
    });
    if (manifest != run->manifests.end()) origins.push_back(outputs_of(*run, folder / manifest->filename()));
  }
  if (!origins.empty()) return origins;
  for (const std::string& member : folder_members(folder)) {
    const fs::path file = folder / member;
    if (member[0] == '.' || !is_reachable_file(file) ||
        !index_.is_size_known(static_cast<std::int64_t>(file_bytes(file))))
      continue;
    LineageOrigin origin = of_file(file);
    const auto same =
        std::find_if(origins.begin(), origins.end(), [&](const LineageOrigin& o) { return o.run == origin.run; });
    if (same == origins.end())
      origins.push_back(std::move(origin));
    else
      same->files.push_back(std::move(origin.files.front()));
  }
  return origins;
}

std::vector<LineageUse> Lineage::uses_of_bytes(const std::vector<NamedFile>& files,
                                               const std::set<fs::path>& places) const {
  std::vector<LineageUse> uses;
  std::set<const RunRecord*> seen;
  std::set<std::string> hashes;
  const FileIndex index = names_in(files);
  for (const NamedFile& file : files)
    if (file.bytes != 0) hashes.insert(file.sha256);
  std::set<std::string> looked_up;
  for (const NamedFile& file : files) {
    if (file.bytes == 0 || !looked_up.insert(file.sha256).second) continue;
    index_.check_stop();
    for (const RunRecord* user : index_.users_of(file.sha256)) {
      if (!seen.insert(user).second) continue;
      LineageUse use{user};
      for (const auto& folder : by_folder(user->inputs, [](const NamedFile& input) { return input.path; })) {
        if (!is_same_folder(folder, index)) continue;
        if (may_be_copies(folder, files) && was_read_elsewhere(folder, *user, places)) continue;
        for (const NamedFile& input : folder)
          if (hashes.count(input.sha256) > 0) use.files.push_back(input.path);
      }
      if (!use.files.empty()) uses.push_back(std::move(use));
    }
  }
  return uses;
}

std::vector<LineageUse> Lineage::uses_of_outputs(const RunRecord& run, std::size_t depth) {
  std::vector<LineageUse> uses = uses_of_bytes(run.outputs, places_of_outputs(run));
  uses.erase(std::remove_if(uses.begin(), uses.end(), [&](const LineageUse& use) { return use.run == &run; }),
             uses.end());
  for (LineageUse& use : uses) {
    use.is_too_deep = depth == kMaxRunDepth;
    use.is_told_above = !use.is_too_deep && !told_uses_.insert(use.run).second;
    if (!use.is_too_deep && !use.is_told_above) use.uses = uses_of_outputs(*use.run, depth + 1);
  }
  return uses;
}

std::vector<LineageUse> Lineage::uses_of(const std::vector<LineageFile>& files) {
  std::vector<NamedFile> held;                       // the current content of the files
  std::map<std::string, std::set<fs::path>> places;  // by name
  for (const LineageFile& file : files) {
    if (!file.path.empty()) places[file.path.filename().string()].insert(canonical_name(file.path));
    if (file.state == FileState::changed) {
      NamedFile now{file.path.string(), index_.sha256_of(file.path), static_cast<std::int64_t>(file_bytes(file.path))};
      held.push_back(std::move(now));
    } else {
      held.push_back(file.recorded);
    }
  }
  told_uses_.clear();
  std::set<fs::path> all_places;
  for (const auto& [name, of_name] : places) all_places.insert(of_name.begin(), of_name.end());
  std::vector<LineageUse> uses = uses_of_bytes(held, all_places);
  for (LineageUse& use : uses) {
    use.is_told_above = !told_uses_.insert(use.run).second;
    if (!use.is_told_above) use.uses = uses_of_outputs(*use.run, 1);
  }
  std::set<const RunRecord*> told;
  std::set<std::string> held_hashes;
  for (const LineageUse& use : uses) told.insert(use.run);
  for (const NamedFile& file : held) held_hashes.insert(file.sha256);
  for (const RunRecord& run : index_.runs()) {
    index_.check_stop();
    if (run.is_checkpoint || told.count(&run) > 0) continue;
    LineageUse use{&run};
    use.is_of_other_bytes = true;
    for (const NamedFile& input : run.inputs) {
      const auto same_name = places.find(name_of(input));
      if (same_name == places.end()) continue;
      if (held_hashes.count(input.sha256) > 0) continue;
      const auto candidates = places_of(input.path, run);
      if (std::any_of(candidates.begin(), candidates.end(),
                      [&](const fs::path& place) { return same_name->second.count(canonical_name(place)) > 0; }))
        use.files.push_back(input.path);
    }
    if (!use.files.empty()) uses.push_back(std::move(use));
  }
  return uses;
}

}  // namespace intelia
