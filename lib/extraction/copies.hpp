// Which conversation_ids occur more than once in a selection, found in bounded memory.
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

  /** Counts what occurs more than once. Throws Error{input} when that is so much that the ids name nothing. */
  void find();

  /** How often `conversation_id` occurs. */
  std::int64_t num_copies(std::string_view conversation_id) const;

 private:
  SpillFile keys_;
  std::map<Key128, std::int64_t> counts_;  // of those that occur more than once
};

}  // namespace intelia::extraction
