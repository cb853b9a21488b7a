// Finds duplicate conversation ids of a selection in bounded memory.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "base/hash.hpp"
#include "base/spill_file.hpp"

namespace intelia::extraction {

class CopyFinder {
 public:
  void add(std::string_view conversation_id);

  /** Counts the duplicates. Throws Error{input} when there are too many for ids that identify conversations. */
  void find();

  /** The number of rows with `conversation_id`. */
  std::int64_t num_copies(std::string_view conversation_id) const;

 private:
  SpillFile keys_;
  std::map<Key128, std::int64_t> counts_;  // of those that occur more than once
};

}  // namespace intelia::extraction
