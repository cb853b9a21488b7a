// An index of the manifests and files below some folders, with the hashes of files on demand. It does not connect runs
// (lineage.hpp does).
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/sinks.hpp"
#include "record/json.hpp"

namespace intelia {

/** A file, as listed in a manifest. */
struct NamedFile {
  std::string path;         // as passed to the run; of an output: relative to the folder of the manifest
  std::string sha256;       // 64 digits
  std::int64_t bytes = -1;  // -1: not recorded
  std::int64_t records = -1;
};

/** One run, from its manifest. */
struct RunRecord {
  std::vector<std::filesystem::path> manifests;  // paths of the manifest; several if a folder was copied
  std::filesystem::path kept_in;                 // if it was not found: the manifest that has a copy of it
  std::string recorded_manifest;                 // and its path at that time
  std::vector<const RunRecord*> kept_runs;       // whose manifests it has copies of: they wrote its inputs
  std::string command;                           // "train sft"
  std::vector<NamedFile> inputs, outputs;
  std::vector<Json> sources;    // inputs other than files: a database with snapshot and query
  Json facts = Json::object();  // version, options, counts, seeds and other keys
  std::string fault;            // why the manifest or a part of it cannot be used; empty: no fault
  bool is_refused = false;      // malformed or of a newer format: only its path is known
  bool is_malformed = false;    // parts of it are not known
  bool is_checkpoint = false;   // a checkpoint of a run with its own manifest
};

class ManifestIndex {
 public:
  /** Warns about manifests that cannot be used. */
  explicit ManifestIndex(Sinks sinks) : sinks_(sinks) {}

  /** Adds `folder` recursively, except hidden folders and symbolic links. Throws Error{usage} when it cannot be read.
   */
  void add_tree(const std::filesystem::path& folder);
  /** Adds `folder` without subfolders; does nothing when it is not a folder or was added before. */
  void add_folder(const std::filesystem::path& folder);

  const std::deque<RunRecord>& runs() const { return runs_; }
  /** The runs with `sha256` among their outputs, without checkpoints, in the order they were found. */
  std::vector<const RunRecord*> makers_of(const std::string& sha256) const;
  /** The runs with `sha256` among their inputs. */
  std::vector<const RunRecord*> users_of(const std::string& sha256) const;
  /** The runs with a manifest in `folder`, including unusable ones. */
  std::vector<const RunRecord*> runs_in(const std::filesystem::path& folder) const;

  /** Files of this size in the indexed folders. */
  std::vector<std::filesystem::path> files_of_size(std::int64_t bytes) const;
  /** Files of rejected records and the like in the indexed folders, which manifests need not list. */
  const std::vector<std::filesystem::path>& files_left_out() const { return left_out_; }
  /** Whether any manifest lists a file of this size. */
  bool is_size_known(std::int64_t bytes) const;

  /** Throws Interrupted when the user asked to stop. */
  void check_stop() const { sinks_.stop.check("lineage"); }

  /** The hash of a regular file; cached. Throws Error{io}. */
  const std::string& sha256_of(const std::filesystem::path& file);

 private:
  struct Folder {
    std::filesystem::path shown, canonical;
  };
  struct FileName {
    std::size_t folder;
    std::string name;
  };
  void take_folder(const Folder& folder, std::vector<Folder>* subfolders);
  void read_run(const std::filesystem::path& manifest);
  const RunRecord& add_run(const Json& manifest, RunRecord&& found, int depth);
  void add_kept_runs(const Json& manifest, RunRecord& run, const std::filesystem::path& holder, int depth);
  void index_files(const RunRecord& run);

  Sinks sinks_;
  std::vector<Folder> folders_;
  std::set<std::filesystem::path> known_folders_;  // canonical
  std::map<std::int64_t, std::vector<FileName>> files_by_size_;
  std::vector<std::filesystem::path> left_out_;
  std::size_t num_files_ = 0;
  std::size_t num_kept_runs_ = 0;  // in the manifest that is being read
  std::deque<RunRecord> runs_;
  std::unordered_map<std::string, RunRecord*> run_by_content_;
  std::unordered_map<std::string, std::vector<const RunRecord*>> makers_, users_;
  std::set<std::int64_t> sizes_;
  std::map<std::filesystem::path, std::vector<const RunRecord*>> runs_by_folder_;  // canonical
  std::map<std::filesystem::path, std::string> sha256_by_path_;                    // canonical
};

/** Whether `path` is too long to be looked for. */
bool is_too_long_path(const std::string& path);

/** The canonical path; equal for all paths of the same file or folder. */
std::filesystem::path canonical_name(const std::filesystem::path& path);

}  // namespace intelia
