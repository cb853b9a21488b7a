// Where the records of a file stand and what they are sorted by: an external merge sort in bounded memory. Its
// temporary file has no name, so that nothing stays of it however the program ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace intelia::extraction {

/** The longest id that is read: more than PostgreSQL takes into the index of a primary key (2704 bytes). */
inline constexpr std::size_t kMaxIdBytes = 4096;

/** One record of a file. */
struct IndexEntry {
  std::string_view id;  // at most kMaxIdBytes
  std::uint64_t offset = 0;
  std::uint64_t checksum = 0;  // of its bytes
  std::int64_t time = 0;       // microseconds since 1970
  std::int64_t line = 0;
  std::uint32_t size_bytes = 0;
  bool has_id = false, has_time = false;
  bool matches = false;  // the selection, as far as it is known from the record alone
};

/** The orders: whether one entry comes before another. Entries without an id come last, as NULL does in a database. */
bool comes_by_id(const IndexEntry& one, const IndexEntry& other);
bool comes_newest_first(const IndexEntry& one, const IndexEntry& other);  // then by id, bytewise
bool comes_as_in_file(const IndexEntry& one, const IndexEntry& other);

class RecordIndex {
 public:
  using Order = bool (*)(const IndexEntry&, const IndexEntry&);

  /** Keeps at most `memory_bytes` in memory (and a little more while it merges), the rest in `spill_folder`. */
  RecordIndex(Order order, const std::filesystem::path& spill_folder, std::size_t memory_bytes);
  ~RecordIndex();
  RecordIndex(const RecordIndex&) = delete;
  RecordIndex& operator=(const RecordIndex&) = delete;

  /** Adds a copy of `entry`. Throws Error{io} when the folder cannot take what is too much for the memory. */
  void add(const IndexEntry& entry);

  /** Hands over all entries in order until `take` returns false; the id is valid until it returns. Once. */
  void for_each(const std::function<bool(const IndexEntry&)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
