// What an increment starts from: the state of the last one, if it can be trusted, and what has changed since.
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
  std::string why_in_full;  // without a state to start from: why every conversation is read
  Json identity;            // of this reading, for the next state
  std::uint64_t next_transaction = 0;
  std::int64_t num_kept = 0;  // by the last increment
};

/**
 * Opens the state at `state_path`, written with the outputs in `folder`, unless `rescan`, and checks that it is of this
 * source and of the same options (`info.fixed_options`). Throws Error{input} for a state of a newer program.
 */
Baseline find_baseline(VersionedSource& source, const std::filesystem::path& state_path,
                       const std::filesystem::path& folder, bool rescan, const RunInfo& info);

/** What is new, changed and removed since `state`, without reading it. */
std::unique_ptr<Increment> find_increment(const State& state, VersionedSource& source, const Sinks& sinks);

/** The increment on `baseline`, read; nothing, and why, when so much has changed that reading everything is less work.
    `take` sees each result that is read. */
std::unique_ptr<Increment> read_increment(Baseline& baseline, VersionedSource& source, RowClassifier& classifier,
                                          const std::function<void(const RowResult&)>& take, const Sinks& sinks);

}  // namespace intelia::extraction
