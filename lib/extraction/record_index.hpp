// The offsets of the records of a file, sorted in the order of extraction by an external merge sort.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "extraction/row.hpp"

namespace intelia::extraction {

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

/** Newest first, then by the bytes of the id, those without one last; records without a time come last, in the order of
 * the file. */
bool comes_before(const IndexEntry& one, const IndexEntry& other);

class RecordIndex {
 public:
  /** Uses about `memory_bytes` of memory, and a temporary file for the rest. */
  explicit RecordIndex(std::size_t memory_bytes);
  ~RecordIndex();
  RecordIndex(const RecordIndex&) = delete;
  RecordIndex& operator=(const RecordIndex&) = delete;

  /** Adds a copy of `entry`. */
  void add(const IndexEntry& entry);

  /** Calls `take` with all entries in order; ids are valid until it returns. Called once, after the last add(). */
  void for_each(const std::function<void(const IndexEntry&)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia::extraction
