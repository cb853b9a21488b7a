// The runs that manifests under some folders tell of, the files that lie there, and the bytes of those asked for. It
// does not know how runs follow one another (lineage.hpp).
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

/** A file as a manifest names it. */
struct NamedFile {
  std::string path;         // as the run was given it; of an output: its name in the manifest's folder
  std::string sha256;       // 64 digits
  std::int64_t bytes = -1;  // -1: not recorded
  std::int64_t records = -1;
};

/** One run, as its manifest tells it. */
struct RunRecord {
  std::vector<std::filesystem::path> manifests;  // where the manifest lies, also twice when a folder was copied
  std::filesystem::path kept_in;                 // when it lies nowhere: the manifest that kept a copy of it
  std::string recorded_manifest;                 // and where it lay then
  std::vector<const RunRecord*> kept_runs;       // that the manifest keeps copies of: they wrote what this run read
  std::string command;                           // "train sft"
  std::vector<NamedFile> inputs, outputs;
  std::vector<Json> sources;    // inputs that are no files: a database with snapshot and query
  Json facts = Json::object();  // version, options, counts, seeds, …: all the rest
  std::string fault;            // why the manifest cannot be used, or what of it cannot; empty: nothing
  bool is_refused = false;      // broken or of a newer format: nothing but its place is known
  bool is_checkpoint = false;   // of a run that has, or will have, a manifest of its own
};

class ManifestIndex {
 public:
  /** Manifests that cannot be used are named on `sinks.log`. */
  explicit ManifestIndex(Sinks sinks) : sinks_(sinks) {}

  /** Takes in `folder` and all below it, but for hidden folders and what links lead to. Throws Error{io} when it cannot
     be read. */
  void add_tree(const std::filesystem::path& folder);
  /** Takes in `folder` alone; does nothing when it is no folder or was taken in before. */
  void add_folder(const std::filesystem::path& folder);

  const std::deque<RunRecord>& runs() const { return runs_; }
  /** The runs with `sha256` among their outputs, in the order in which they were found; checkpoints are left out. */
  std::vector<const RunRecord*> makers_of(const std::string& sha256) const;
  /** The runs with `sha256` among their inputs. */
  std::vector<const RunRecord*> users_of(const std::string& sha256) const;
  /** The runs whose manifest lies in `folder`, refused ones included. */
  std::vector<const RunRecord*> runs_in(const std::filesystem::path& folder) const;

  /** Files of `bytes` bytes, in the folders taken in. */
  std::vector<std::filesystem::path> files_of_size(std::int64_t bytes) const;
  /** Files of records that no manifest need name, such as rejected.jsonl, in the folders taken in. */
  const std::vector<std::filesystem::path>& files_left_out() const { return left_out_; }
  /** Whether any manifest speaks of a file of this size, so that reading it may tell something. */
  bool is_size_known(std::int64_t bytes) const;

  /** Of a regular file, read once. Throws Error{io}. */
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
  std::deque<RunRecord> runs_;
  std::unordered_map<std::string, RunRecord*> run_by_content_;
  std::unordered_map<std::string, std::vector<const RunRecord*>> makers_, users_;
  std::set<std::int64_t> sizes_;
  std::map<std::filesystem::path, std::vector<const RunRecord*>> runs_by_folder_;  // canonical
  std::map<std::filesystem::path, std::string> sha256_by_path_;                    // canonical
};

/** The name by which two paths of the same file or folder are equal. */
std::filesystem::path canonical_name(const std::filesystem::path& path);

}  // namespace intelia
