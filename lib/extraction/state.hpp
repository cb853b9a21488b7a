// The state of an incremental extraction: conversation, version and line of every row of the selection, in order. A
// state is valid only with the outputs that it was written with.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "extraction/row_result.hpp"
#include "record/json.hpp"

namespace intelia::extraction {

inline constexpr int kStateFormat = 2;

/** The output of a row and the length of its line, in 32 bits. */
struct LinePlace {
  std::uint32_t output : 3 = 0;
  std::uint32_t bytes : 29 = 0;
};

/** Throws Error{input} for lines of 512 MiB and more. */
LinePlace line_place(OutputKind output, std::size_t num_bytes);

/** One row of the selection. Its line follows that of the previous entry with the same output. */
struct StateEntry {
  Key128 conversation;        // conversation_key
  std::uint64_t version = 0;  // see version_key
  std::uint32_t tally = 0;    // index into State::tallies
  LinePlace line;
};
static_assert(sizeof(StateEntry) == 32);

/** A hash of the id of a conversation; nothing: it is NULL. */
Key128 conversation_key(std::optional<std::string_view> conversation_id);

/** A hash of the version of a stored conversation: that of the source, and the columns that order and counts depend on.
 */
std::uint64_t version_key(std::string_view version, std::string_view created_at, std::string_view language);

/** A state without its entries. */
struct StateSummary {
  Json identity;                       // of the source and the settings; a state is valid only for the same one
  std::uint64_t next_transaction = 0;  // the 64-bit id of the first transaction that is not visible
  std::string snapshot;
  std::vector<std::string> tallies;
  struct Output {
    std::uint64_t bytes = 0, checksum = 0;
    bool is_written = false;
  };
  std::array<Output, kNumOutputs> outputs;
  std::uint64_t num_entries = 0;
  std::int64_t num_kept = 0;  // lines of training, validation and test
};

class StateWriter {
 public:
  /** Writes to `file`, which must outlive this. */
  explicit StateWriter(AtomicFile& file) : file_(file) {}
  void add(const StateEntry& entry);
  /** Writes the summary; num_entries is filled in. */
  void finish(const StateSummary& summary);

 private:
  AtomicFile& file_;
  Checksum checksum_;
  std::uint64_t num_entries_ = 0;
};

class State {
 public:
  /**
   * Opens the state at `path`. Nothing, with the reason in `why_not`, when there is none, it is corrupt or of an older
   * format, or the files of `folder` are not those it was written with. Throws Error{input} for a state of a newer
   * format.
   */
  static std::optional<State> open(const std::filesystem::path& path, const std::filesystem::path& folder,
                                   std::string& why_not);

  const StateSummary& summary() const { return summary_; }
  /** Calls `take` with every entry in order and the offset of its line in its output. */
  void for_each(const std::function<void(const StateEntry& entry, std::uint64_t offset)>& take) const;

 private:
  std::filesystem::path path_;
  StateSummary summary_;
};

}  // namespace intelia::extraction
