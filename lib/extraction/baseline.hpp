// The starting point of an incremental extraction: the state of the last run, if it is valid, and what has changed
// since.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/sinks.hpp"
#include "extraction/increment.hpp"
#include "extraction/source.hpp"
#include "extraction/state.hpp"
#include "record/run.hpp"

namespace intelia::extraction {

struct Baseline {
  std::optional<State> state;
  std::string why_in_full;  // why every conversation is read, when there is no valid state
  Json identity;            // of this run, for the next state
  std::uint64_t next_transaction = 0;
  std::int64_t num_kept = 0;  // by the last run
};

/**
 * Opens the state at `state_path`, which belongs to the outputs in `folder`, unless `rescan`. It reads all of these
 * files, so it is called before the source is opened. Throws Error{input} for a state of a newer format.
 */
Baseline open_baseline(const std::filesystem::path& state_path, const std::filesystem::path& folder, bool rescan);

/** Sets the identity and the next transaction, and checks that the state was written for the same source and options
    (`info.fixed_options`); else it is removed. */
void compare_baseline(Baseline& baseline, VersionedSource& source, const RunInfo& info);

/** Finds what was added, updated and removed since the state of `baseline`, without reading it. Null, with the reason
   in `baseline`, when there are conversations without an id to compare them by. */
std::unique_ptr<Increment> find_increment(Baseline& baseline, VersionedSource& source, const Sinks& sinks);

/** Reads the increment on `baseline`. Null, with the reason in `baseline`, when so much has changed that reading
    everything is faster. `take` receives each result that is read. */
std::unique_ptr<Increment> read_increment(Baseline& baseline, VersionedSource& source, RowClassifier& classifier,
                                          const std::function<void(const RowResult&)>& take, const Sinks& sinks);

}  // namespace intelia::extraction
