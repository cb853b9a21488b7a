#include "lineage/lineage_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "lineage/record_search.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxRecordsShown = 1000;

/** All files of records that manifests list, and those beside them, without duplicates. */
std::vector<fs::path> record_files(const ManifestIndex& index) {
  std::map<fs::path, fs::path> files;  // by canonical name
  const auto add = [&](const fs::path& path) {
    if (path.extension() == ".jsonl" && is_reachable_file(path)) files.emplace(canonical_name(path), path);
  };
  for (const RunRecord& run : index.runs()) {
    for (const fs::path& manifest : run.manifests)
      for (const NamedFile& output : run.outputs) add(manifest.parent_path() / output.path);
    for (const NamedFile& input : run.inputs)
      for (const fs::path& place : Lineage::places_of(input.path, run)) add(place);
  }
  for (const fs::path& path : index.files_left_out()) add(path);
  std::vector<fs::path> list;
  for (const auto& [name, path] : files) list.push_back(path);
  std::sort(list.begin(), list.end());
  return list;
}

bool is_manifest_name(const std::string& name) { return name == "manifest.json" || name.ends_with(".manifest.json"); }

/** Whether something exists at `target`; a text that is too long for a path is the id of a record. */
bool is_path(const fs::path& target) {
  std::error_code failure;
  const fs::file_status status = fs::status(target, failure);
  if (!fs::exists(status) && failure == std::errc::filename_too_long) return false;
  return path_type(target) != PathType::missing;
}

}  // namespace

LineageQuery::LineageQuery(const LineageSettings& settings, const Sinks& sinks)
    : index_(sinks), lineage_(index_, settings.reads_files) {
  for (const fs::path& folder : settings.folders) index_.add_tree(folder);
  report_.target = settings.target;
  if (!settings.is_id && is_path(settings.target))
    look_at_path(settings.target);
  else
    look_for_id(sinks);
  sinks.progress.finish();
  report_.num_changed = lineage_.num_changed();
  report_.num_not_found = lineage_.num_not_found();
  report_.num_refused = lineage_.num_refused();
}

void LineageQuery::look_for_id(const Sinks& sinks) {
  report_.kind = "id";
  const RecordSearch search(report_.target);
  for (const fs::path& file : record_files(index_)) {
    bool is_here = false;
    const std::int64_t num_too_long = search.read(file, sinks, [&](FoundRecord&& record) {
      is_here = true;
      ++report_.num_records;
      if (report_.records.size() < kMaxRecordsShown) report_.records.emplace_back(file, std::move(record));
    });
    if (num_too_long > 0)
      sinks.log.warning(fmt::format("'{}': {} longer than 64 MiB {} not searched", file.string(),
                                    counted(num_too_long, "line"), was_or_were(num_too_long)));
    if (!is_here) continue;
    LineageSection section;
    section.origins.push_back(lineage_.of_file(file));
    section.uses = lineage_.uses_of(section.origins.front().files);
    report_.sections.push_back(std::move(section));
  }
}

void LineageQuery::look_at_path(const fs::path& path) {
  LineageSection section;
  const PathType type = path_type(path);
  if (type == PathType::folder) {
    report_.kind = "folder";
    section.origins = lineage_.of_folder(path);
  } else if (type == PathType::file) {
    report_.kind = "file";
    section.origins.push_back(is_manifest_name(path.filename().string()) ? lineage_.of_manifest(path)
                                                                         : lineage_.of_file(path));
  } else {
    throw SettingError(
        Kind::usage, "id",
        "'" + path.string() + "' is neither a file nor a folder; to search for a record, pass it as an id",
        SettingError::Role::remedy);
  }
  std::vector<LineageFile> files;
  for (const LineageOrigin& origin : section.origins)
    files.insert(files.end(), origin.files.begin(), origin.files.end());
  section.uses = lineage_.uses_of(files);
  const bool is_known =
      !section.uses.empty() || std::any_of(section.origins.begin(), section.origins.end(),
                                           [](const LineageOrigin& origin) { return origin.run != nullptr; });
  if (is_known) report_.sections.push_back(std::move(section));
}

}  // namespace intelia
