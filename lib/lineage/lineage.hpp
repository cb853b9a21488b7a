// Traces a file back to the runs that made it and their inputs, down to the database or the documents, and forward to
// the runs that used it. Files are identified by hash first and by path second. The result is a tree, without its
// formatting.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lineage/manifest_index.hpp"

namespace intelia {

enum class FileState {
  as_written,  // has the recorded hash, at `path`, which can differ from the recorded one
  same_size,   // has the recorded size at the recorded path; not read
  changed,     // is at the recorded path with different content
  unreadable,  // is at the recorded path without read permission
  not_found,
  unrecorded,  // is not an output in any manifest
};

/** "as written", "modified", … */
const char* state_words(FileState state);

struct LineageFile {
  NamedFile recorded;
  std::filesystem::path path;  // its current path; empty if not found
  FileState state = FileState::not_found;
  bool was_moved = false;  // found by its hash at another path than recorded
};

/** Files made by one run, with that run and its inputs. */
struct LineageOrigin {
  std::vector<LineageFile> files;
  const RunRecord* run = nullptr;      // null: no manifest lists the files
  std::vector<const RunRecord*> also;  // other runs that wrote the same content
  std::vector<LineageOrigin> origins;  // of the inputs of `run`
  bool is_told_above = false;          // `origins` are shown earlier in the tree
  bool is_loop = false;                // by the manifests, `run` read its own outputs
  bool is_too_deep = false;            // the maximum depth was reached
};

/** A run that read a file, and the runs that read its outputs. */
struct LineageUse {
  const RunRecord* run = nullptr;
  std::vector<std::string> files;  // paths as passed to that run
  bool is_of_other_bytes = false;  // used the same path when it had different content
  std::vector<LineageUse> uses;
  bool is_told_above = false;
  bool is_too_deep = false;
};

class Lineage {
 public:
  /** `reads_files` false: inputs are identified by path and size only. */
  Lineage(ManifestIndex& index, bool reads_files) : index_(index), reads_files_(reads_files) {}

  /** The origin of a regular file. Throws Error{io} when it cannot be read. */
  LineageOrigin of_file(const std::filesystem::path& file);
  /** The origins of the files in a folder, one entry per run that wrote there. */
  std::vector<LineageOrigin> of_folder(const std::filesystem::path& folder);
  /** The origin of the outputs that the manifest in `file` lists. */
  LineageOrigin of_manifest(const std::filesystem::path& file);
  /** The runs that used `files`, in the order they were found. */
  std::vector<LineageUse> uses_of(const std::vector<LineageFile>& files);

  std::int64_t num_changed() const { return num_changed_; }
  std::int64_t num_not_found() const { return num_not_found_; }
  std::int64_t num_refused() const { return num_refused_; }  // number of manifests that could not be used

  /** Where the input `path` of `run` can be: at that path from the current folder, or from a parent of the manifest. */
  static std::vector<std::filesystem::path> places_of(const std::string& path, const RunRecord& run);

 private:
  /** What is looked up in the outputs of a run, or in other lists of files. */
  struct FileIndex {
    std::unordered_map<std::string, const NamedFile*> by_name;               // the last of each name
    std::map<std::filesystem::path, std::set<std::string>> hashes_by_place;  // of outputs, by canonical path
    bool has_weights = false;
  };
  static FileIndex names_in(const std::vector<NamedFile>& files);
  static bool is_same_folder(const std::vector<NamedFile>& read, const FileIndex& written);
  const FileIndex& outputs_in(const RunRecord& run);
  bool lies_beside(const LineageFile& file, const RunRecord& run);
  LineageOrigin outputs_of(const RunRecord& run, const std::filesystem::path& manifest);
  LineageFile locate(const NamedFile& recorded, const std::vector<std::filesystem::path>& places);
  FileState state_at(const std::filesystem::path& place, const NamedFile& recorded);
  std::vector<LineageOrigin> by_run(const std::vector<LineageFile>& files, const RunRecord& reader);
  LineageOrigin origin_of(std::vector<LineageFile>& files, const std::vector<NamedFile>& folder,
                          const RunRecord& reader);
  const RunRecord* refused_beside(const std::filesystem::path& file) const;
  void expand(LineageOrigin& origin);
  std::vector<LineageUse> uses_of_outputs(const RunRecord& run, std::size_t depth);
  /** `places`: the canonical paths of the files. */
  std::vector<LineageUse> uses_of_bytes(const std::vector<NamedFile>& files,
                                        const std::set<std::filesystem::path>& places) const;

  std::map<const RunRecord*, FileIndex> output_indexes_;

  ManifestIndex& index_;
  bool reads_files_;
  std::vector<const RunRecord*> stack_;
  std::set<const RunRecord*> told_, told_uses_;
  std::int64_t num_changed_ = 0, num_not_found_ = 0, num_refused_ = 0;
};

}  // namespace intelia
