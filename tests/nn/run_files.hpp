// Shared by the tests of training runs: sinks that stop a run at a step, and the metrics of a run.
#pragma once

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/sinks.hpp"
#include "record/json.hpp"

namespace intelia {

/** Sinks that stop the run when the progress shows `stop_step`, and collect warnings. */
struct StoppingSinks {
  struct KeepLog final : Log {
    std::string text;
    void write(Level level, std::string_view message) override {
      if (level >= Level::warning) text += std::string(message) + "\n";
    }
  } log;
  struct StopProgress final : Progress {
    StopFlag* stop = nullptr;
    std::int64_t stop_step = -1;
    void update(const ProgressPoint& point) override {
      if (point.unit == "step" && point.done == stop_step) stop->set(SIGTERM);
    }
    void finish() override {}
  } progress;
  StopFlag stop;
  explicit StoppingSinks(std::int64_t stop_step = -1) {
    progress.stop = &stop;
    progress.stop_step = stop_step;
  }
  Sinks sinks() { return {log, progress, stop}; }
};

inline std::vector<Json> metrics_of(const std::filesystem::path& output) {
  std::vector<Json> list;
  LineReader lines(output / "metrics.jsonl");
  while (const auto line = lines.next()) list.push_back(parse_json(*line, "metrics.jsonl"));
  return list;
}

inline std::string metrics_without_measured(const std::filesystem::path& output) {
  std::string text;
  for (Json& line : metrics_of(output)) {
    line.erase("measured");
    text += line.dump() + "\n";
  }
  return text;
}

}  // namespace intelia
