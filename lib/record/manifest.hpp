// Manifests: what a folder is, how it was made and from what; and the rule of what may be overwritten.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "record/json.hpp"

namespace intelia {

inline constexpr int kManifestFormat = 1;

/** {"path","sha256","bytes"[,"records"]} of an input, read and hashed here. `records` < 0 leaves it out. */
Json describe_file(const std::filesystem::path& path, std::int64_t records = -1);

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
