// The index of trained records: which records a training read, as hashes, in a file beside the model or adapter that
// came of it. With it an evaluation recognizes the records that a model has seen, without the records themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/sinks.hpp"
#include "record/message.hpp"

namespace intelia {

inline constexpr const char* kTrainedRecordsFile = "trained_records.index";

/** What identifies a record: its conversation id, and its roles and contents in normal form C, up to the last answer
   whose weight is not 0. Metadata, the order of keys and JSON escapes make no difference. */
struct RecordKey {
  std::optional<Key128> id;  // nothing for a record without one
  Key128 content;
  auto operator<=>(const RecordKey&) const = default;
};

RecordKey key_of(const Conversation& conversation);

/** How a training used a record. */
enum class TrainedUse {
  train,      // its loss was minimized
  selection,  // held out, but its loss selected the checkpoint
};

/** Appends the line of a record: "train ID CONTENT", "-" for no id. */
void append_trained_record(std::string& out, TrainedUse use, const RecordKey& key);

/** The first line of an index. */
std::string trained_records_head();

/** The line of an index that does not have all records: what was trained further had no index of its own. */
std::string incomplete_records_line();

/** The index of `folder`; of a checkpoint that has none, the one of the folder it is in. Nothing when there is none.
    Error{input} for one that is a link out of the folder, or no regular file. */
std::optional<std::filesystem::path> find_trained_records(const std::filesystem::path& folder);

/** Whether the model or adapter in `folder` is the result of a training, by its adapter files or its manifest, or was
    made of such a model by `model quantize`, `model merge` or `model export`. A model without a manifest is not known
   to be. */
bool was_trained(const std::filesystem::path& folder);

/** Calls `take` for each record of an index in order. Returns whether the index is complete. Error{input} names the
   line that is malformed. */
bool read_trained_records(const std::filesystem::path& index, const StopFlag& stop,
                          const std::function<void(TrainedUse, const RecordKey&)>& take);

/** Some records, to find out which of them a training used. */
class RecordMatcher {
 public:
  /** Adds the next record; records are numbered from 0. */
  void add(const RecordKey& key);
  /** Calls `take` with the number of each record that has the id or the content of `key`. */
  void match(const RecordKey& key, const std::function<void(std::size_t)>& take) const;
  std::size_t size() const { return num_records_; }

 private:
  using Place = std::pair<Key128, std::size_t>;
  void sort() const;

  std::size_t num_records_ = 0;
  mutable std::vector<Place> by_id_, by_content_;  // sorted at the first match
  mutable bool is_sorted_ = true;
};

}  // namespace intelia
