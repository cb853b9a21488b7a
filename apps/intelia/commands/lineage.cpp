// `intelia lineage`: where a record, a file or a folder came from, and what was made of it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/command.hpp"
#include "lineage/lineage_page.hpp"

namespace intelia {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRecordsShown = 1000;

struct Options {
  std::string target;
  std::vector<fs::path> folders{"."};
  bool is_id = false;
  bool reads_files = true;
};

void declare(OptionTable& table, Options& options) {
  table.add("target", options.target, "A file, a folder, or a record's id", "TARGET").required().positional();
  table.add("in", options.folders,
            "Folders that are searched, with all below them, for manifests, for files that were moved, and for the "
            "records of "
            "an id",
            "FILES");
  table.add("id", options.is_id, "TARGET is a record's id, even where a file has that name");
  table.add("check", options.reads_files,
            "Read each file on the way and compare its sha256; without, a file of the recorded size is taken for the "
            "recorded one");
}

/** Every file of records that the manifests name or that lies beside them, each once. */
std::vector<fs::path> record_files(const ManifestIndex& index) {
  std::map<fs::path, fs::path> files;  // by canonical name
  const auto add = [&](const fs::path& path) {
    std::error_code status;
    if (path.extension() == ".jsonl" && fs::is_regular_file(path, status)) files.emplace(canonical_name(path), path);
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

void look_for_id(LineageReport& report, ManifestIndex& index, Lineage& lineage, Context& context) {
  report.kind = "id";
  const RecordSearch search(report.target);
  for (const fs::path& file : record_files(index)) {
    bool is_here = false;
    const std::int64_t num_too_long = search.read(file, context.sinks, [&](FoundRecord&& record) {
      is_here = true;
      ++report.num_records;
      if (report.records.size() < kMaxRecordsShown) report.records.emplace_back(file, std::move(record));
    });
    if (num_too_long > 0)
      context.log().warning(
          fmt::format("'{}': {} lines longer than 64 MiB were not looked at", file.string(), num_too_long));
    if (!is_here) continue;
    LineageSection section;
    section.origins.push_back(lineage.of_file(file));
    section.uses = lineage.uses_of(section.origins.front().files);
    report.sections.push_back(std::move(section));
  }
}

void look_at_path(LineageReport& report, const fs::path& path, Lineage& lineage) {
  const std::string name = path.filename().string();
  LineageSection section;
  if (fs::is_directory(path)) {
    report.kind = "folder";
    section.origins = lineage.of_folder(path);
  } else if (!fs::is_regular_file(path)) {
    throw Error(Kind::usage,
                "'" + path.string() + "' is neither a file nor a folder; for a record of this id, pass --id");
  } else {
    report.kind = "file";
    const bool is_manifest = name == "manifest.json" || name.ends_with(".manifest.json");
    section.origins.push_back(is_manifest ? lineage.of_manifest(path) : lineage.of_file(path));
  }
  std::vector<LineageFile> files;
  for (const LineageOrigin& origin : section.origins)
    files.insert(files.end(), origin.files.begin(), origin.files.end());
  section.uses = lineage.uses_of(files);
  const bool is_known =
      !section.uses.empty() || std::any_of(section.origins.begin(), section.origins.end(),
                                           [](const LineageOrigin& origin) { return origin.run != nullptr; });
  if (is_known) report.sections.push_back(std::move(section));
}

int run(const Options& options, Context& context) {
  ManifestIndex index(context.sinks);
  for (const fs::path& folder : options.folders) index.add_tree(folder);
  Lineage lineage(index, options.reads_files);
  LineageReport report;
  report.target = options.target;
  std::error_code status;
  if (!options.is_id && fs::exists(options.target, status))
    look_at_path(report, options.target, lineage);
  else
    look_for_id(report, index, lineage, context);
  context.sinks.progress.finish();
  report.num_changed = lineage.num_changed();
  report.num_not_found = lineage.num_not_found();
  report.num_refused = lineage.num_refused();

  if (context.common.json)
    context.finish(lineage_json(report), "");
  else
    context.print(lineage_text(report));
  if (report.sections.empty()) {
    const std::string folders =
        fmt::format("{}", fmt::join(context.options["in"].get<std::vector<std::string>>(), "', '"));
    throw Error(
        Kind::refused,
        report.kind == "id"
            ? fmt::format(
                  "'{}' is no file, and no record under '{}' has this id; name the folders that hold it with --in",
                  options.target, folders)
            : fmt::format("'{}' is known to no manifest under '{}'; name the folders of its manifests with --in",
                          options.target, folders));
  }
  if (report.num_changed > 0)
    context.log().warning(fmt::format("{} file{} changed since a manifest recorded {}", report.num_changed,
                                      report.num_changed == 1 ? "" : "s", report.num_changed == 1 ? "it" : "them"));
  if (report.num_not_found > 0)
    context.log().warning(
        fmt::format("{} file{} not found or unreadable", report.num_not_found, report.num_not_found == 1 ? "" : "s"));
  if (report.num_refused > 0) {
    context.log().warning(fmt::format("{} manifest{} on the way could not be used, so the chain is not whole",
                                      report.num_refused, report.num_refused == 1 ? "" : "s"));
    return 1;
  }
  return report.num_changed > 0 ? 3 : 0;
}

}  // namespace

extern const Command lineage{
    "lineage", "Where a record, a file or a model came from",
    "Walks the manifests from a file or folder back to the database or the documents, and forward to the models and "
    "reports "
    "made of it. Files are told by their sha256 first and by their path second, so what was moved is found and what "
    "was "
    "changed is said. Of a record's id it names every line that holds it, the records set aside included, and what was "
    "trained on those files. Exit status 3 when nothing here knows the target, or when a file is not as its manifest "
    "says.\n\n"
    "Example: intelia lineage runs/sft",
    bind<Options, declare, run>};

}  // namespace intelia
