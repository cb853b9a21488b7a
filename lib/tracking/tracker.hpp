// What a tracker is: somebody who is told of a training run while it goes on, and can neither change nor stop it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/json.hpp"

namespace intelia {

/** One line of metrics.jsonl as numbers by name; what lies in an object is named "measured/seconds". */
struct MetricsLine {
  std::int64_t step = 0;
  double time = 0;  // seconds since 1970, when it was written or read
  std::vector<std::pair<std::string, double>> scalars;

  /** The number named `name`, or NaN. */
  double scalar(std::string_view name) const;
};

/** Reads a line of metrics.jsonl: every finite number but `step`. Error{input} when it is no object with a step. */
MetricsLine parse_metrics_line(std::string_view json, double time);

/** {"step","time","metrics":{name: number}}. */
Json to_json(const MetricsLine& line);

/** What trackers may say of a run. */
struct TrackedRun {
  std::string name;      // "sft-2026-q3"
  std::string command;   // "train sft"
  std::string version;   // of the program
  Json settings;         // effective options, no secrets among them
  std::string identity;  // the same for two runs that a resumed run may be gone on with
  std::filesystem::path output;
  bool resumes = false;
};

enum class RunStatus { finished, failed, killed };

/** What the model says after one of the run's prompts. */
struct SampleAnswer {
  std::string prompt;  // the conversation's id, or "line 3"
  std::string text;
};

/** Each call returns at once, but end(), which may wait for half a minute. What it throws ends the tracker, not the
 * run. */
class Tracker {
 public:
  virtual ~Tracker() = default;
  /** For warnings: "MLflow". */
  virtual const char* name() const = 0;
  /** `kept`: the lines of the run that this one goes on from, in order; empty for a new run. Called once, before any
   * line. */
  virtual void begin(const std::vector<MetricsLine>& kept) = 0;
  virtual void line(const MetricsLine& line) = 0;
  /** What the model says at `step` after each of the run's prompts; the line of that step follows. */
  virtual void answers(std::int64_t, const std::vector<SampleAnswer>&) {}
  /** The last line was told, and what comes out of the run is about to be described: a tracker's own file is whole now.
   */
  virtual void trained() {}
  /** Called once, after begin(). */
  virtual void end(RunStatus status) = 0;
};

/** OUTPUT/`name`, made with mode 0700 if it is not there. Error{io} when it is a link or no folder. */
std::filesystem::path tracker_folder(const std::filesystem::path& output, const std::string& name);

}  // namespace intelia
