// `intelia lineage`: where a record, a file or a folder came from, and what was made of it. Options, output and exit
// status; lib/lineage does the work.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/counted.hpp"
#include "cli/command.hpp"
#include "lineage/lineage_page.hpp"
#include "lineage/lineage_query.hpp"
#include "options/path_options.hpp"

namespace intelia {
namespace {

void declare(OptionTable& table, LineageSettings& settings) {
  table.add("target", settings.target, "A file, a folder, or the id of a record", "TARGET").required().positional();
  table.add("in", settings.folders,
            "Folders to search recursively for manifests, moved files, and the records of an id", "FILES");
  table.add("id", settings.is_id, "Treat TARGET as the id of a record, even if a file has that name");
  table.add("check", settings.reads_files,
            "Read each file and compare its SHA-256; otherwise only its size is compared");
}

[[noreturn]] void fail_as_unknown(const LineageReport& report, const LineageSettings& settings) {
  std::vector<std::string> names;
  for (const std::filesystem::path& folder : settings.folders) names.push_back(folder.string());
  const std::string folders = fmt::format("{}", fmt::join(names, "', '"));
  if (report.kind == "id")
    throw Error(Kind::refused, fmt::format("'{}' is not a file, and no record under '{}' has this id; name the "
                                           "folders to search with --in",
                                           report.target, folders));
  throw Error(Kind::refused, fmt::format("no manifest under '{}' lists '{}'; name the folders of its manifests with "
                                         "--in",
                                         folders, report.target));
}

/** Warns about files that differ from the manifests; returns the exit status. */
int warn_of_changes(const LineageReport& report, Log& log) {
  if (report.num_changed > 0)
    log.warning(fmt::format("{} modified since a manifest recorded {}", counted(report.num_changed, "file"),
                            report.num_changed == 1 ? "it" : "them"));
  if (report.num_not_found > 0) log.warning(counted(report.num_not_found, "file") + " not found or unreadable");
  if (report.num_refused > 0) {
    log.warning(counted(report.num_refused, "manifest") +
                " could not be read, or not as a whole, so the result is incomplete");
    return 1;
  }
  return report.num_changed > 0 ? 3 : 0;
}

int run(const LineageSettings& settings, Context& context) {
  for (const std::filesystem::path& folder : settings.folders) check_input_option("in", folder, InputType::folder);
  const LineageQuery query(settings, context.sinks);
  const LineageReport& report = query.report();
  if (context.common.json)
    context.finish(lineage_json(report), "");
  else
    context.print(lineage_text(report));
  if (report.sections.empty()) fail_as_unknown(report, settings);
  return warn_of_changes(report, context.log());
}

}  // namespace

extern const Command lineage{
    "lineage", "Show where a record, a file or a model came from",
    "Follows manifests from a file or folder back to the database or the documents, and forward to the models and "
    "reports made from it. Files are identified by SHA-256 first and by path second, so that moved files are found and "
    "modified ones reported. For the id of a record it lists every line with that id, including rejected records, and "
    "the runs that used those files. Exit status 3 if the target is unknown or a file differs from its manifest.\n\n"
    "Example: intelia lineage runs/sft",
    bind<LineageSettings, declare, run>};

}  // namespace intelia
