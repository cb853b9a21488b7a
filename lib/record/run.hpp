// One run of a command on its output folder: lock, inputs, rejected records, staged outputs, and the order in which
// they are committed. It knows nothing about the content of the files.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "record/json.hpp"
#include "record/jsonl.hpp"
#include "record/manifest.hpp"

namespace intelia {

/** The program and its options, as recorded in the manifest. */
struct RunInfo {
  std::string command;  // "train sft"
  std::string version;
  Json options;                         // effective values by name
  bool force = false;                   // write to a folder that another command made
  Json fixed_options = Json::object();  // those that a run which continues another one must not change
};

/**
 * Opens `folder` for a run (see OutputFolder for Error{usage} and Error{unavailable}). Outputs are written to temporary
 * files and renamed by commit(); without commit() the folder is unchanged.
 */
class Run {
 public:
  Run(RunInfo info, const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  /** Stages rejected.jsonl for the rejected records. Called at most once. */
  Rejects& open_rejects(const RejectPolicy& policy, Log& log);

  /** Describes an input by path, size, hash and the manifest next to it, as they are now: another run may replace them
      before this one ends. `records` < 0: unknown. */
  void add_input(const std::filesystem::path& path, std::int64_t records = -1) {
    add_input(describe_file(path, records));
  }
  void add_input(Json description);
  /** Adds every file of a model or adapter folder; returns their descriptions. */
  Json add_input_folder(const std::filesystem::path& path);
  const Json& inputs() const { return inputs_; }

  /** Stages a new output, to be written by the caller. The reference is valid until restart(). */
  AtomicFile& stage(const std::string& name);
  /** Stages an output that is already written; `records` < 0: unknown. */
  AtomicFile& stage(AtomicFile file, std::int64_t records = -1);
  void stage(std::vector<AtomicFile> files);
  /** Stages an output with this content. */
  void stage_text(const std::string& name, std::string_view text);
  /** Adds an output that the engine has written under its final name: {"path","sha256","bytes"}. */
  void add_output(Json description) { written_.push_back(std::move(description)); }
  /** Stages the state that the next run continues from, at `path`, which may be outside the folder. It is committed
      after the outputs and not listed as one. The reference is valid until restart(). */
  AtomicFile& stage_state(const std::filesystem::path& path);
  /** Whether an output with this name is staged. */
  bool is_staged(const std::string& name) const;
  /** Sets the number of records of an output, for the manifest. */
  void set_records(const AtomicFile& file, std::int64_t records);

  /** Removes a file of an earlier run at commit(): it must not be taken for one of this run. */
  void remove_at_commit(const std::filesystem::path& path) { removed_.push_back(path); }

  /** Further keys of the manifest: counts, seeds, results. */
  Json& manifest() { return manifest_; }
  /** Further keys of `measured` in the manifest: whatever differs between equal runs. */
  Json& measured() { return measured_; }
  /** Discards staged outputs, inputs and rejected records, to start again in the same folder under the same lock. */
  void restart();

  /** Seconds since the run was opened. */
  double seconds() const;

  /** Removes the manifest of an earlier run now, for a run whose engine replaces outputs before commit(). */
  void remove_manifest();
  /** Renames a staged output now, for a run whose engine writes outputs that need it before commit(). */
  void commit_early(const std::string& name);
  /** remove_manifest() and the files to be removed, then renames all staged outputs now. */
  void commit_outputs_early();

  /** Syncs every staged output; returns the manifest as it will be committed. */
  const Json& close();
  /**
   * close(), then renames the outputs in the order of staging, then the state, and the manifest last. In between the
   * folder has no manifest, so that an interrupted commit cannot be taken for a complete one.
   */
  void commit();

 private:
  struct Output {
    AtomicFile file;
    std::int64_t records = -1;
    bool is_committed = false;
  };
  void remove_durably(const std::vector<std::filesystem::path>& paths) const;

  RunInfo info_;
  OutputFolder folder_;
  double start_seconds_;
  std::deque<Output> outputs_;
  std::optional<AtomicFile> state_;
  AtomicFile* rejected_ = nullptr;
  std::optional<Rejects> rejects_;
  std::vector<std::filesystem::path> removed_;
  Json inputs_ = Json::array(), origins_ = Json::array(), written_ = Json::array();
  Json manifest_ = Json::object(), measured_ = Json::object(), whole_;
  std::optional<AtomicFile> manifest_file_;
};

}  // namespace intelia
