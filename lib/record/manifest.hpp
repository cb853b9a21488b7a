// Manifests: how and from what a folder was made; and the rule for what may be overwritten.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/held_folder.hpp"
#include "record/json_fwd.hpp"

namespace intelia {

inline constexpr int kManifestFormat = 1;

/** Larger manifests are refused. */
inline constexpr std::uint64_t kMaxManifestBytes = 16 << 20;

/** Reads and hashes an input: {"path","sha256","bytes"[,"records"]}. `records` < 0: unknown. */
Json describe_file(const std::filesystem::path& path, std::int64_t records = -1);

/** The files of `folder`, without subfolders, sorted by name; except locks, logs and manifests. */
Json describe_folder(const std::filesystem::path& folder);

/** The same for an output that was just written. */
Json describe_output(const AtomicFile& file, std::int64_t records = -1);

/**
 * The common keys of a manifest: format, program, version, command, options. The caller adds inputs, outputs, counts,
 * seeds and `measured` (what differs between equal runs: times, rates, memory).
 */
Json make_manifest(const std::string& command, const std::string& version, const Json& options);

/** Writes manifest.json to `folder`, with two-space indent. */
void write_manifest(const std::filesystem::path& folder, const Json& manifest);

/** The manifest of `folder`, if there is one; Error{input} when it is malformed or of a newer format. */
std::optional<Json> read_manifest(const std::filesystem::path& folder);

/** The manifest in `file`; Error{input} when it is malformed, of a newer format, too large or not a regular file. */
Json read_manifest_file(const std::filesystem::path& file);

/** Whether `json` is a manifest of intelia, of any format: other programs write a manifest.json, too. */
bool is_manifest(const Json& json);

/** The manifest of `folder`; nothing where it has none, or that of another program. Error{input} for one that is
    malformed or of a newer format. */
std::optional<Json> own_manifest(const std::filesystem::path& folder);

/** Throws Error{input} unless `json` is a manifest of a supported format; `name` is used in the message. */
void check_manifest(const Json& json, const std::string& name);

/** The JSON of a file that may be a manifest; Error{input} when it is malformed, too large or not a regular file. */
Json read_manifest_json(const std::filesystem::path& file);

/** Where the manifest of `file` can be: NAME.manifest.json next to it, or the manifest.json of its folder. */
std::vector<std::filesystem::path> manifest_places(const std::filesystem::path& file);

/**
 * The current manifests next to `inputs` (each {"path","sha256",…}), for the key `origins` of the manifest of a run
 * that read them: [{"path","manifest"}], without their `measured`. Lineage stays known when the inputs are overwritten.
 * Only manifests that list an input with the same hash are kept; unreadable ones are ignored.
 */
Json origins_of(const Json& inputs);

/**
 * Opens `folder` for the outputs of `command`: creates it, holds it open (see HeldFolder) and takes its lock
 * (`.intelia.lock`, which names the command). It may be a link to a folder; later changes of the link have no effect.
 * Throws Error{usage} for a folder with files that were not made by the same command, unless `force`, and
 * Error{unavailable} while another run holds the lock.
 */
class OutputFolder {
 public:
  OutputFolder(const std::filesystem::path& folder, const std::string& command, bool force);
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  /** Throws Error{io} if the path leads to another folder now: a result in the one that was opened would not be found.
   */
  void check_in_place() const { check_held_folder(path_); }

 private:
  std::filesystem::path path_;
  std::optional<HeldFolder> held_;
  std::optional<FileLock> lock_;
};

}  // namespace intelia
