// Which conversation_ids occur more than once in a selection, found in bounded memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>

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
  struct Hash {
    std::size_t operator()(const Key128& key) const { return static_cast<std::size_t>(key.low); }
  };
  SpillFile keys_;
  std::unordered_map<Key128, std::int64_t, Hash> counts_;
};

}  // namespace intelia::extraction
