// One run of a command on its output folder: the folder's lock, what was read, what was rejected, the files that are
// written, and the order in which they get their names. It does not know what is in them.
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

/** What a manifest says of the program and of how it was called. */
struct RunInfo {
  std::string command;  // "train sft"
  std::string version;
  Json options;        // effective values by name
  bool force = false;  // write into a folder that another command made
};

/**
 * Opens `folder` for a run (OutputFolder: Error{usage} or Error{unavailable}). Outputs are staged beside their place;
 * nothing gets its name before commit(), and without commit() the folder keeps what it held.
 */
class Run {
 public:
  Run(RunInfo info, const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_.path(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  /** Stages rejected.jsonl, to which the records go that `policy` bears. Once. */
  Rejects& open_rejects(const RejectPolicy& policy, Log& log);

  /** Describes an input by path, size and hash, as it is now; `records` < 0 leaves their number out. */
  void add_input(const std::filesystem::path& path, std::int64_t records = -1) {
    add_input(describe_file(path, records));
  }
  void add_input(Json description) { inputs_.push_back(std::move(description)); }
  /** Every file of a model or adapter folder; returns their descriptions. */
  Json add_input_folder(const std::filesystem::path& path);
  const Json& inputs() const { return inputs_; }

  /** A new output in the folder, to be written by the caller. The reference stays valid. */
  AtomicFile& stage(const std::string& name, Privacy privacy = Privacy::personal);
  /** An output that was written already; `records` < 0 leaves their number out of the manifest. */
  AtomicFile& stage(AtomicFile file, std::int64_t records = -1);
  void stage(std::vector<AtomicFile> files);
  /** An output with this content. */
  void stage_text(const std::string& name, std::string_view text, Privacy privacy = Privacy::personal);
  /** The number of records of an output, for the manifest. */
  void set_records(const AtomicFile& file, std::int64_t records);

  /** A file of an earlier run that must not be read as this run's: removed by commit(). */
  void remove_at_commit(const std::filesystem::path& path) { removed_.push_back(path); }

  /** What the manifest says besides its head, inputs, origins, outputs and times: counts, seeds, results. */
  Json& manifest() { return manifest_; }
  /** What the manifest says under `measured` besides the time. */
  Json& measured() { return measured_; }
  /** Since the run was opened. */
  double seconds() const;

  /** The manifest as it will be written; makes every staged output durable. */
  const Json& close();
  /**
   * close(), then gives every output its name in the order of staging, the manifest last. Between the first name and
   * the last the folder has no manifest, so that a run killed there cannot be taken for a whole one.
   */
  void commit();

 private:
  struct Output {
    AtomicFile file;
    std::int64_t records = -1;
  };
  RunInfo info_;
  OutputFolder folder_;
  double start_seconds_;
  std::deque<Output> outputs_;
  AtomicFile* rejected_ = nullptr;
  std::optional<Rejects> rejects_;
  std::vector<std::filesystem::path> removed_;
  Json inputs_ = Json::array(), manifest_ = Json::object(), measured_ = Json::object(), whole_;
  std::optional<AtomicFile> manifest_file_;
};

}  // namespace intelia
