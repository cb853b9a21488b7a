#include "export/model_pull.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/held_folder.hpp"
#include "base/path.hpp"
#include "export/hub_process.hpp"
#include "export/model_files.hpp"
#include "inference/text_side.hpp"
#include "model/config.hpp"
#include "model/safetensors.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLog = ".pull.log";

/** Bytes of the files below `folder`, those being downloaded included. */
std::int64_t bytes_below(const fs::path& folder) {
  std::int64_t total = 0;
  std::error_code failure;
  const fs::recursive_directory_iterator end;
  for (fs::recursive_directory_iterator entry(held_place(folder), failure); !failure && entry != end;
       entry.increment(failure)) {
    std::error_code vanished;
    const std::uintmax_t size = entry->file_size(vanished);
    if (!vanished) total += static_cast<std::int64_t>(size);
  }
  return total;
}

/** Runs the client; returns its report of commit and files. */
Json download(const PullSettings& settings, const fs::path& folder, const fs::path& log, const Sinks& sinks) {
  std::vector<std::string> arguments{settings.name, settings.revision, folder.string()};
  for (const std::string& name : tokenizer_file_names()) arguments.push_back(name);
  std::int64_t total = 0;
  const std::vector<Json> reports = run_hub_program(
      hub_client(), arguments, "", folder, log, settings.name, sinks.stop, [&](const std::vector<Json>& so_far) {
        for (const Json& report : so_far) total = report.value("bytes", total);
        if (total > 0)
          sinks.progress.update({"MB", std::min(bytes_below(folder), total) / 1'000'000, total / 1'000'000, ""});
      });
  sinks.progress.finish();
  Json files;
  bool is_done = false;
  for (const Json& report : reports) {
    if (report.contains("files")) files = report;
    is_done = is_done || report.contains("done");
  }
  if (!is_done) fail_without_result(log);
  return files;
}

}  // namespace

bool is_hub_name(const std::string& name) {
  const auto is_part = [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." && std::all_of(part.begin(), part.end(), [](unsigned char c) {
      return std::isalnum(c) || c == '-' || c == '_' || c == '.';
    });
  };
  const std::size_t slash = name.find('/');
  return slash != std::string::npos && is_part(std::string_view(name).substr(0, slash)) &&
         is_part(std::string_view(name).substr(slash + 1));
}

PulledModel pull_model(const PullSettings& settings, const RunInfo& info, const Sinks& sinks) {
  Run run(info, settings.output);
  run.remove_manifest();
  const fs::path log = run / kLog;
  const Json files = download(settings, run.folder(), log, sinks);
  read_model_config(run.folder());
  const ModelWeights weights(run.folder());
  PulledModel model;
  model.commit = files.at("commit");
  const std::vector<std::string> names = files.at("files");
  for (const std::string& name : names) {
    Json description = describe_file(run / name);
    description["path"] = name;
    model.num_bytes += description.at("bytes").get<std::uint64_t>();
    run.add_output(std::move(description));
  }
  remove_stale_model_files(run, names);
  run.manifest()["source"] = {{"model", settings.name}, {"commit", model.commit}};
  remove_file(log);
  model.manifest = run.close();
  run.commit();
  return model;
}

}  // namespace intelia
