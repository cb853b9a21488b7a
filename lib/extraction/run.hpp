// One extraction from a source to a folder: reads it in full or incrementally, checks the result, and writes outputs,
// manifest and state. It knows neither the kind of source nor command-line options.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "extraction/drift.hpp"
#include "extraction/increment.hpp"
#include "extraction/source.hpp"
#include "record/jsonl.hpp"
#include "record/run.hpp"

namespace intelia::extraction {

/** The settings of an extraction, with their defaults. */
struct ExtractSettings {
  std::filesystem::path output;         // the folder
  std::vector<double> split{0.9, 0.1};  // fractions for training, validation and test, see split_of
  bool allow_empty = false;             // write empty files when no conversation qualifies
  bool incremental = false;             // read only what changed since the state was written
  bool rescan = false;                  // incremental: read everything again
  std::filesystem::path state;          // empty: kStateName in the output folder
  int retries = 3;                      // maximum number of retries after a conflict with another transaction
  DriftPolicy drift;
  RejectPolicy rejects;
};

inline constexpr const char* kStateName = "extract.state";

/** Checks every value. Throws SettingError{usage}. */
void check(const ExtractSettings& settings);

/** The path of the state: `state`, else kStateName in the output folder. */
std::filesystem::path state_path(const ExtractSettings& settings);

struct ExtractResult {
  Json manifest;  // as it was written
  Json counts;    // its counts
  std::int64_t rows = 0, kept = 0, train = 0, validation = 0, test = 0, rejected = 0, dropped = 0, quarantined = 0;
  std::string snapshot;  // empty if the source has none
  std::optional<IncrementCounts> increment;
  std::string why_in_full;  // why an incremental extraction read everything; else empty
  std::optional<DriftReport> drift;
  double seconds = 0;
};

/** "210 rows matched: 200 kept, 8 dropped (fewer messages than the minimum: 8), 2 rejected (rating is NaN: 2); 40 not
   selected (rating is below the minimum: 40)". */
std::string in_words(const ExtractResult& result);

/** "40 not selected (rating is below the minimum: 30, language is NULL: 10)"; empty for none. `unmatched`: counts by
    reason. */
std::string unmatched_in_words(const Json& unmatched);

/**
 * Extracts the selection of a source to the folder: five outputs (six with a test part), manifest.json and, if
 * incremental, the state. Old files are replaced only after everything was written. A conflict with another transaction
 * is retried. The lines of an increment depend on `info.fixed_options`.
 *
 * Throws Error{input} for too many rejected rows or an empty selection, Error{io} when the disk is or would be full,
 * Error{unavailable} when another run works in the folder or the source is unavailable, Interrupted when asked to stop.
 */
ExtractResult extract(const ExtractSettings& settings, SourceFactory& sources, const RunInfo& info, const Sinks& sinks);

/** What an extraction would read, for a dry run. */
struct ExtractPreview {
  SelectionCount selection;
  std::optional<IncrementCounts> increment;
  std::string why_in_full;  // as in ExtractResult
};

/** Writes nothing. Throws like extract() before it reads. */
ExtractPreview preview(const ExtractSettings& settings, SourceFactory& sources, const RunInfo& info,
                       const Sinks& sinks);

}  // namespace intelia::extraction
