// An incremental extraction: finds the rows of the selection that the state has in the same version, so that only the
// others are read, and composes the outputs from old and new lines in the order of the selection. Data that grows with
// the number of rows is in temporary files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/spill_file.hpp"
#include "extraction/dataset_files.hpp"
#include "extraction/row_result.hpp"
#include "extraction/state.hpp"
#include "extraction/tallies.hpp"
#include "record/json.hpp"

namespace intelia::extraction {

/** Conversations compared with the last run. */
struct IncrementCounts {
  std::int64_t added = 0, updated = 0, removed = 0, unchanged = 0;
};

Json to_json(const IncrementCounts& counts);

/** "3 added, 2 updated, 1 removed, 200 unchanged". */
std::string in_words(const IncrementCounts& counts);

class Increment {
 public:
  explicit Increment(const State& state);

  /** Adds a row of the selection, in order; each conversation at most once. */
  void add(std::string_view conversation_id, std::uint64_t version);

  /** Called after the last row: looks the rows up in the state. Throws Error{input} for an id that was added twice.
      `tick` is called before each part of the state. */
  const IncrementCounts& resolve(const std::function<void()>& tick = [] {});
  const IncrementCounts& counts() const { return counts_; }

  /** Calls `read` with the conversations that must be read, at most `size` at a time; it calls put() for each. Throws
      Error{internal} for one that was not put. */
  void for_each_batch(std::size_t size, const std::function<void(const std::vector<std::string>& ids)>& read);
  void put(std::string_view conversation_id, std::uint64_t version, const RowResult& result);

  /** Those of the state and of the rows that were put. */
  const Tallies& tallies() const { return tallies_; }

  /** Writes all lines in the order of the selection, old ones from the files in `folder`. */
  void compose(const std::filesystem::path& folder, DatasetFiles& files, StateWriter& state) const;

 private:
  /** Where the line of a row comes from. */
  enum class LineSource : std::uint8_t { unread /* it must be read */, state, put };

  /** A row of the selection. */
  struct Slot {
    Key128 conversation;
    std::uint64_t version = 0;
    std::uint64_t offset = 0;  // of its line, in its old output or among the new lines
    std::uint32_t tally = 0;
    LinePlace line;
    std::uint32_t id_bytes = 0;
    LineSource source = LineSource::unread;
  };

  void look_up(std::uint64_t part, std::uint64_t num_parts);
  template <class Change>
  void for_each_slot(Change&& change, bool writes_back) const;

  const State& state_;
  mutable SpillFile slots_, ids_, lines_;  // reading flushes
  std::uint64_t num_slots_ = 0;
  IncrementCounts counts_;
  Tallies tallies_;
  std::map<Key128, std::uint64_t> batch_;  // the slots of conversations that are not yet put
};

}  // namespace intelia::extraction
