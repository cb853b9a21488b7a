// A write-ahead journal of what is sent to an MLflow server and what it has acknowledged, in the run's output folder:
// when the server is unavailable, or the program is killed, unacknowledged entries are kept.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tracking/append_file.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

/** The first line: identifies the run and the server. */
struct JournalHead {
  std::string server;  // without credentials
  std::string experiment;
  std::string identity;  // of the training run
  std::string key;       // 32 random hexadecimal digits, a tag of the MLflow run
  Json run;              // name, command, version, start_time, params: sent when the run is created
};

/** Something to send: a line of metrics, the status of the run, or an artifact. */
struct JournalEntry {
  MetricsLine line;
  std::string status;               // "RUNNING", "FINISHED", "FAILED", "KILLED"; empty: not a status
  std::string artifact;             // its path among those of the run; empty: not an artifact
  std::optional<std::string> text;  // the artifact itself; absent: the file of that name in the output folder
};

/** Not thread-safe. */
class MlflowJournal {
 public:
  /** Creates `file`, replacing an existing one. */
  MlflowJournal(const std::filesystem::path& file, JournalHead head);
  /** Opens `file`, dropping an incomplete last line; nothing when it does not exist or has no head. Error{input} when
     it is malformed elsewhere or has a newer format. */
  static std::optional<MlflowJournal> open(const std::filesystem::path& file);

  const JournalHead& head() const { return head_; }
  const std::string& run_id() const { return run_id_; }
  bool has_params() const { return has_params_; }
  /** The step of the last line; below 0 when there is none. */
  std::int64_t last_step() const { return last_step_; }
  const std::string& last_status() const { return last_status_; }
  /** The step of the last answers; below 0 when there are none. */
  std::int64_t last_answers_step() const { return last_answers_step_; }
  /** Whether the file `artifact` of the output folder was added with this content. */
  bool has_file(const std::string& artifact, const std::string& sha256) const;
  /** Not yet acknowledged, oldest first. */
  const std::deque<JournalEntry>& unsent() const { return unsent_; }

  void add(const MetricsLine& line);
  void add_status(const std::string& status, double time);
  /** The model's answers at `step`, as a text artifact. */
  void add_answers(std::int64_t step, const std::string& artifact, const std::string& text);
  void add_file(const std::string& artifact, const std::string& sha256);
  void note_run(const std::string& run_id);
  void note_params();
  /** The `count` oldest unsent entries are acknowledged. */
  void note_sent(std::size_t count);

 private:
  MlflowJournal() = default;
  void append(const Json& entry);
  void take(const Json& entry);
  std::unique_ptr<AppendFile> file_;
  JournalHead head_;
  std::string run_id_;
  bool has_params_ = false;
  std::int64_t last_step_ = -1, last_answers_step_ = -1;
  std::string last_status_;
  std::map<std::string, std::string> files_;  // artifact → SHA-256 when it was last added
  std::deque<JournalEntry> unsent_;
};

}  // namespace intelia
