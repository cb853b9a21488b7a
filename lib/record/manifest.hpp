// Manifests: what a folder is, how it was made and from what; and the rule of what may be overwritten.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "record/json_fwd.hpp"

namespace intelia {

inline constexpr int kManifestFormat = 1;

/** A manifest larger than this is refused. */
inline constexpr std::uint64_t kMaxManifestBytes = 16 << 20;

/** {"path","sha256","bytes"[,"records"]} of an input, read and hashed here. `records` < 0 leaves it out. */
Json describe_file(const std::filesystem::path& path, std::int64_t records = -1);

/** Files of `folder` (not its subfolders) with their hashes, in order of name; locks, logs and manifests left out. */
Json describe_folder(const std::filesystem::path& folder);

/** The same of an output just written. */
Json describe_output(const AtomicFile& file, std::int64_t records = -1);

/**
 * A manifest with its fixed head: format, program, version, command, options. The caller adds inputs, outputs, counts,
 * seeds and `measured` (all that differs between two equal runs: times, rates, memory).
 */
Json make_manifest(const std::string& command, const std::string& version, const Json& options);

/** Writes manifest.json in `folder`, with two-space indent. */
void write_manifest(const std::filesystem::path& folder, const Json& manifest);

/** The manifest of `folder`, or nothing; Error{input} when broken or of a newer format. */
std::optional<Json> read_manifest(const std::filesystem::path& folder);

/** The manifest in `file`; Error{input} when it is broken, of a newer format, too large or no regular file. */
Json read_manifest_file(const std::filesystem::path& file);

/** Whether `json` is a manifest of intelia at all, of whatever format: other programs have a manifest.json, too. */
bool is_manifest(const Json& json);

/** Throws Error{input} unless `json` is a manifest of a format that this program reads; `name` says whose it is. */
void check_manifest(const Json& json, const std::string& name);

/** The JSON of a file that may be a manifest; Error{input} when it is broken, too large or no regular file. */
Json read_manifest_json(const std::filesystem::path& file);

/** Where the manifest of `file` may lie: NAME.manifest.json beside it, then the manifest.json of its folder. */
std::vector<std::filesystem::path> manifest_places(const std::filesystem::path& file);

/**
 * What the manifests beside `inputs` (each {"path","sha256",…}) say now, for `origins` of the manifest of a run that
 * read them: [{"path","manifest"}], without their `measured`. So the run can be walked back when its inputs have been
 * written over. Only manifests that list an input's very bytes are kept; one that cannot be read is left out.
 */
Json origins_of(const Json& inputs);

/**
 * Opens `folder` for the outputs of `command`: makes it and takes its lock (`.intelia.lock`, which names the command).
 * Refuses (Error{usage}) a folder that holds anything but an earlier (perhaps killed) run of the same command, unless
 * `force`. Error{unavailable} when another run is at work there.
 */
class OutputFolder {
 public:
  OutputFolder(const std::filesystem::path& folder, const std::string& command, bool force);
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
  std::optional<FileLock> lock_;
};

}  // namespace intelia
