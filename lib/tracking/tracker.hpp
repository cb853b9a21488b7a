// The interface of trackers: they follow a training run and can neither change nor stop it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/json.hpp"

namespace intelia {

/** One line of metrics.jsonl as numbers by name; members of objects are named "measured/seconds". */
struct MetricsLine {
  std::int64_t step = 0;
  double time = 0;  // seconds since 1970, when it was written or read
  std::vector<std::pair<std::string, double>> scalars;

  /** The number named `name`, or NaN. */
  double scalar(std::string_view name) const;
};

/** Parses a line of metrics.jsonl: every finite number except `step`. Error{input} unless it is an object with a step.
 */
MetricsLine parse_metrics_line(std::string_view json, double time);

/** {"step","time","metrics":{name: number}}. */
Json to_json(const MetricsLine& line);

/** What trackers may publish about a run. */
struct TrackedRun {
  std::string name;      // "sft-2026-q3"
  std::string command;   // "train sft"
  std::string version;   // of the program
  Json settings;         // effective options, no secrets among them
  std::string identity;  // the same for a run and the runs that resume it
  std::filesystem::path output;
  bool resumes = false;
};

enum class RunStatus { finished, failed, killed };

/** The model's answer to one of the run's prompts. */
struct SampleAnswer {
  std::string prompt;  // the conversation's id, or "line 3"
  std::string text;
};

/** Calls return at once, except end(), which may wait for half a minute. An exception disables the tracker and does not
   affect the run. */
class Tracker {
 public:
  virtual ~Tracker() = default;
  /** For warnings: "MLflow". */
  virtual const char* name() const = 0;
  /** `kept`: the lines of the run that this one resumes, in order; empty for a new run. Called once, before any line.
   */
  virtual void begin(const std::vector<MetricsLine>& kept) = 0;
  virtual void line(const MetricsLine& line) = 0;
  /** The model's answers at `step` to each of the run's prompts; the line of that step follows. */
  virtual void answers(std::int64_t, const std::vector<SampleAnswer>&) {}
  /** Called after the last line, before the output files are hashed: the tracker's own files must be complete now. */
  virtual void trained() {}
  /** Called once, after begin(). */
  virtual void end(RunStatus status) = 0;
};

/** OUTPUT/`name`, created with mode 0700 if it does not exist. Error{io} when it is a link or not a folder. */
std::filesystem::path tracker_folder(const std::filesystem::path& output, const std::string& name);

}  // namespace intelia
