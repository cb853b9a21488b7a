// One extraction, from a source to a folder: what is read, in full or as an increment; the checks before anything gets
// its name; the manifest, and the state for the next increment. It does not know what the source is, nor options.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/sinks.hpp"
#include "extraction/drift.hpp"
#include "extraction/increment.hpp"
#include "extraction/source.hpp"
#include "record/jsonl.hpp"
#include "record/run.hpp"

namespace intelia::extraction {

/** How a selection is extracted; every default lives here. */
struct ExtractSettings {
  std::filesystem::path output;  // the folder
  double split = 0.9;            // fraction of the conversations for training
  bool allow_empty = false;      // write empty files when no conversation qualifies
  bool incremental = false;      // read what is new or changed since the state was written
  bool rescan = false;           // read everything and write a new state
  std::filesystem::path state;   // empty: kStateName in the output folder
  int retries = 3;               // further attempts after a conflict with another transaction
  DriftPolicy drift;
  RejectPolicy rejects;
};

inline constexpr const char* kStateName = "extract.state";

/** Checks every value. Throws SettingError{usage}. */
void check(const ExtractSettings& settings);

/** Where the state is: `state`, else kStateName in the output folder. */
std::filesystem::path state_path(const ExtractSettings& settings);

struct ExtractResult {
  Json manifest;  // as it was written
  std::int64_t rows = 0, kept = 0, train = 0, validation = 0, rejected = 0, dropped = 0, quarantined = 0;
  std::string snapshot;  // empty where the source has none
  std::optional<IncrementCounts> increment;
  std::string why_in_full;  // why an incremental extraction read everything; empty: it did not
  std::optional<DriftReport> drift;
  double seconds = 0;
};

/** "210 rows: 200 kept, 8 dropped, 2 rejected". */
std::string in_words(const ExtractResult& result);

/**
 * Extracts the selection of a source into the folder: the five outputs, manifest.json and, if incremental, the state.
 * The folder's old files are replaced only when everything has been written. A conflict with another transaction begins
 * a new attempt. `info.fixed_options`: the options that every line of an increment depends on.
 *
 * Throws Error{input} for too many rejected rows or an empty selection, Error{io} for a disk that is full or would be,
 * Error{unavailable} when another run works in the folder or the source is away, Interrupted when asked to stop.
 */
ExtractResult extract(const ExtractSettings& settings, SourceFactory& sources, const RunInfo& info, const Sinks& sinks);

/** What an extraction would read. */
struct ExtractPreview {
  SelectionCount selection;
  std::optional<IncrementCounts> increment;
  std::string why_in_full;  // as in ExtractResult
};

/** Writes nothing. Throws what extract does before it reads. */
ExtractPreview preview(const ExtractSettings& settings, SourceFactory& sources, const RunInfo& info,
                       const Sinks& sinks);

}  // namespace intelia::extraction
