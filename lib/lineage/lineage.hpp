// From a file back to the runs that made it and what they read, down to the database or the documents; and forward to
// the runs that used it. Files are told by their bytes first and by their path second. It reads files and makes a tree;
// how the tree looks is the caller's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "lineage/manifest_index.hpp"

namespace intelia {

enum class FileState {
  as_written,  // has the recorded bytes, at `path`, which may be another place than the recorded one
  same_size,   // lies where it was recorded with the recorded number of bytes; they were not read
  changed,     // lies where it was recorded, with other bytes
  unreadable,  // lies where it was recorded, and may not be read
  not_found,
  unrecorded,  // no manifest lists it among its outputs
};

/** "as written", "changed since", … */
const char* state_words(FileState state);

struct LineageFile {
  NamedFile recorded;
  std::filesystem::path path;  // where it lies; empty when it was not found
  FileState state = FileState::not_found;
  bool was_moved = false;  // found by its bytes, elsewhere than recorded
};

/** Files that came out of one run, and that run with all that it read. */
struct LineageOrigin {
  std::vector<LineageFile> files;
  const RunRecord* run = nullptr;      // nothing: no manifest says where the files came from
  std::vector<const RunRecord*> also;  // other runs that wrote the same bytes
  std::vector<LineageOrigin> origins;  // of what `run` read
  bool is_told_above = false;          // `origins` stand at an earlier place of the tree
  bool is_loop = false;                // `run` read what, by the manifests, came from itself
  bool is_too_deep = false;            // the walk ended here
};

/** A run that read a file, and the runs that read what came out of it. */
struct LineageUse {
  const RunRecord* run = nullptr;
  std::vector<std::string> files;  // as that run was given them
  bool is_of_other_bytes = false;  // of the same path, when it held other bytes
  std::vector<LineageUse> uses;
  bool is_told_above = false;
  bool is_too_deep = false;
};

class Lineage {
 public:
  /** With `reads_files` false, files that a run read are told by place and size alone. */
  Lineage(ManifestIndex& index, bool reads_files) : index_(index), reads_files_(reads_files) {}

  /** Of a regular file. Throws Error{io} when it cannot be read. */
  LineageOrigin of_file(const std::filesystem::path& file);
  /** Of what a folder holds, one entry for each run that wrote there. */
  std::vector<LineageOrigin> of_folder(const std::filesystem::path& folder);
  /** Of what the manifest in `file` lists. */
  LineageOrigin of_manifest(const std::filesystem::path& file);
  /** The runs that used `files`, in the order in which they were found. */
  std::vector<LineageUse> uses_of(const std::vector<LineageFile>& files);

  std::int64_t num_changed() const { return num_changed_; }
  std::int64_t num_not_found() const { return num_not_found_; }
  std::int64_t num_refused() const { return num_refused_; }  // manifests on the way that could not be used

  /** Where a file that `run` was given as `path` may lie: there, or at that path from the manifest's folders upwards.
   */
  static std::vector<std::filesystem::path> places_of(const std::string& path, const RunRecord& run);

 private:
  LineageOrigin outputs_of(const RunRecord& run, const std::filesystem::path& manifest);
  LineageFile locate(const NamedFile& recorded, const std::vector<std::filesystem::path>& places);
  FileState state_at(const std::filesystem::path& place, const NamedFile& recorded);
  std::vector<LineageOrigin> by_run(const std::vector<LineageFile>& files, const RunRecord& reader);
  LineageOrigin origin_of(std::vector<LineageFile>& files, const std::vector<NamedFile>& folder,
                          const RunRecord& reader);
  const RunRecord* refused_beside(const std::filesystem::path& file) const;
  void expand(LineageOrigin& origin);
  std::vector<LineageUse> uses_of_outputs(const RunRecord& run, std::size_t depth);
  std::vector<LineageUse> uses_of_bytes(const std::vector<NamedFile>& files) const;

  ManifestIndex& index_;
  bool reads_files_;
  std::vector<const RunRecord*> stack_;
  std::set<const RunRecord*> told_, told_uses_;
  std::int64_t num_changed_ = 0, num_not_found_ = 0, num_refused_ = 0;
};

}  // namespace intelia
