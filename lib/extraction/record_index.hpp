// Where the records of a file stand, in the order of an extraction: an external merge sort in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
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
};

/** Newest first, then by the bytes of the id, those without one last; what has no time comes last, as in the file. */
bool comes_before(const IndexEntry& one, const IndexEntry& other);

class RecordIndex {
 public:
  /** Keeps at most `memory_bytes` in memory (and a little more while it merges), the rest in a temporary file. */
  explicit RecordIndex(std::size_t memory_bytes);
  ~RecordIndex();
  RecordIndex(const RecordIndex&) = delete;
  RecordIndex& operator=(const RecordIndex&) = delete;

  /** Adds a copy of `entry`. */
  void add(const IndexEntry& entry);

  /** Hands over all entries in order, once; the id is valid until `take` returns. Nothing can be added afterwards. */
  void for_each(const std::function<void(const IndexEntry&)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
