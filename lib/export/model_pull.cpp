#include "export/model_pull.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "base/path.hpp"
#include "base/subprocess.hpp"
#include "inference/text_side.hpp"
#include "model/config.hpp"
#include "model/safetensors.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLog = ".pull.log";

/** What the client has printed so far, by line; lines that are not JSON are warnings of its libraries. */
std::vector<Json> reports_in(const fs::path& log) {
  std::vector<Json> reports;
  LineReader lines(log);
  while (const auto line = lines.next()) {
    Json report = Json::parse(*line, nullptr, /*allow_exceptions=*/false);
    if (report.is_object()) reports.push_back(std::move(report));
  }
  return reports;
}

Kind kind_named(const std::string& name) {
  if (name == "usage") return Kind::usage;
  if (name == "input") return Kind::input;
  return name == "io" ? Kind::io : Kind::unavailable;
}

/** Bytes of the files below `folder`, those being downloaded included. */
std::int64_t bytes_below(const fs::path& folder) {
  std::int64_t total = 0;
  std::error_code failure;
  const fs::recursive_directory_iterator end;
  for (fs::recursive_directory_iterator entry(folder, failure); !failure && entry != end; entry.increment(failure)) {
    std::error_code vanished;
    const std::uintmax_t size = entry->file_size(vanished);
    if (!vanished) total += static_cast<std::int64_t>(size);
  }
  return total;
}

/** Ends the client when the command is interrupted. */
class Client {
 public:
  Client(const std::vector<std::string>& arguments, const fs::path& log) : process_(arguments, log) {}
  ~Client() {
    if (!has_ended_) ::kill(process_.id(), SIGTERM);
  }
  bool ends_within(double seconds) {
    has_ended_ = process_.wait(seconds).has_value();
    return has_ended_;
  }

 private:
  ChildProcess process_;
  bool has_ended_ = false;
};

/** Runs the client; returns its report of commit and files. */
Json download(const PullSettings& settings, const fs::path& folder, const fs::path& log, const Sinks& sinks) {
  std::vector<std::string> arguments{python_program(),  "-c",           hub_client(), settings.name,
                                     settings.revision, folder.string()};
  for (const std::string& name : tokenizer_file_names()) arguments.push_back(name);
  Client client(arguments, log);
  std::int64_t total = 0;
  while (!client.ends_within(0.2)) {
    sinks.stop.check("the download");
    if (total == 0)
      for (const Json& report : reports_in(log)) total = report.value("bytes", total);
    if (total > 0)
      sinks.progress.update({"MB", std::min(bytes_below(folder), total) / 1'000'000, total / 1'000'000, ""});
  }
  sinks.progress.finish();
  Json files;
  bool is_done = false;
  for (const Json& report : reports_in(log)) {
    if (report.contains("error"))
      throw Error(kind_named(report.value("kind", "")),
                  "'" + settings.name + "': " + report["error"].get<std::string>());
    if (report.contains("files")) files = report;
    is_done = is_done || report.contains("done");
  }
  if (!is_done)
    throw Error(Kind::unavailable,
                "the Hugging Face client ended without a result; its messages are in '" + log.string() + "'");
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
  for (const Json& name : files.at("files")) {
    Json description = describe_file(run / name.get<std::string>());
    description["path"] = name;
    model.num_bytes += description.at("bytes").get<std::uint64_t>();
    run.add_output(std::move(description));
  }
  run.manifest()["source"] = {{"model", settings.name}, {"commit", model.commit}};
  remove_file(log);
  model.manifest = run.close();
  run.commit();
  return model;
}

}  // namespace intelia
