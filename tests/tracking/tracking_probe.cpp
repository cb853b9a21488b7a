// A run without training: the trackers of lib/tracking, controlled line by line by standard input, so that a test
// determines the order of events.
//   usage: tracking_probe
//   '{"output":…,"resumes":…,"identity":…,"tensorboard":…,"mlflow":…,"weights":…,"wandb":…,"plot":…}'
// Input: `keep N` (the run begins; metrics.jsonl is truncated to N lines), a JSON object (a line of metrics), `answers
// STEP`, or `end OUTCOME`. Each is answered with a line on standard output when the call has returned. Warnings go to
// standard error.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "base/file.hpp"
#include "tracking/append_file.hpp"
#include "tracking/loss_plot.hpp"
#include "tracking/mlflow.hpp"
#include "tracking/tensorboard.hpp"
#include "tracking/trackers.hpp"
#include "tracking/wandb.hpp"

using namespace intelia;

namespace {

struct ErrorLog final : Log {
  void write(Level level, std::string_view message) override {
    const std::string line = std::string(level == Level::warning ? "warning: " : "") + std::string(message) + "\n";
    std::fputs(line.c_str(), stderr);
  }
};

/** The kept lines of metrics.jsonl: its first `num_lines`. */
std::int64_t bytes_of_lines(const std::filesystem::path& metrics, std::int64_t num_lines) {
  std::int64_t num_bytes = 0;
  if (num_lines == 0) return 0;
  LineReader lines(metrics);
  for (std::int64_t i = 0; i < num_lines; ++i) num_bytes += static_cast<std::int64_t>(lines.next().value().size()) + 1;
  return num_bytes;
}

void follow(const Json& request) {
  ErrorLog log;
  SilentSinks silent;
  const TrackedRun run{.name = request.value("name", "probe"),
                       .command = request.value("command", "train probe"),
                       .version = "0.0.0",
                       .settings = request.value("settings", Json::object()),
                       .identity = request.at("identity"),
                       .output = request.at("output").get<std::string>(),
                       .resumes = request.value("resumes", false)};
  std::filesystem::create_directories(run.output);
  std::vector<std::unique_ptr<Tracker>> list;
  if (request.contains("tensorboard")) list.push_back(make_tensorboard(run));
  if (request.contains("mlflow"))
    list.push_back(
        make_mlflow(run, mlflow_server_from_environment(), request["mlflow"], request.value("weights", false), log));
  if (request.contains("wandb")) {
    check_wandb();
    list.push_back(make_wandb(run, request["wandb"], log));
  }
  if (request.contains("plot")) list.push_back(make_loss_plot(run, silent.sinks().progress));
  const std::filesystem::path metrics = run.output / "metrics.jsonl";
  AnswerTexts texts{{"c-1", "line 2"},
                    [](const std::vector<std::int32_t>& ids) { return fmt::format("Œuf <{}>\n\"x\"", ids.at(0)); }};
  Trackers trackers(std::move(list), metrics, std::move(texts), log);
  std::optional<AppendFile> file;
  trackers.follow([&] {
    for (std::string line; std::getline(std::cin, line);) {
      if (line.starts_with("keep ")) {
        const std::int64_t num_lines = std::stoll(line.substr(5));
        file.emplace(metrics, bytes_of_lines(metrics, num_lines));
        trackers.begin(num_lines);
      } else if (line.starts_with("answers ")) {
        const int step = std::stoi(line.substr(8));
        trackers.answers(step, {{step}, {-step}});
      } else if (line == "end finished") {
        trackers.trained();
        break;
      } else if (line == "end killed") {
        throw Interrupted(15, "told to");
      } else if (line == "end failed") {
        throw std::runtime_error("told to");
      } else {
        file->append(line + "\n");
        trackers.line(line);
      }
      std::puts("done");
      std::fflush(stdout);
    }
    return 0;
  });
}

}  // namespace

int main(int, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    follow(parse_json(argv[1], "the request"));
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "%s\n", fault.what());
    const auto* error = dynamic_cast<const Error*>(&fault);
    return error != nullptr ? exit_status(*error) : 1;
  }
  return 0;
}
