// Byte-pair encoding of one word: a table of merges and the two ways of applying it. Knows ids and lengths, not text files.
#pragma once

#include <cstdint>
#include <vector>

namespace intelia {

/** A part of a word: its id and how many bytes of the word it covers. */
struct Symbol {
  std::int32_t id = 0;
  std::uint32_t num_bytes = 0;
};

class MergeTable {
 public:
  struct Merge {
    std::uint32_t rank = kNoRank;
    std::int32_t id = -1;
  };
  static constexpr std::uint32_t kNoRank = UINT32_MAX;

  void reserve(std::size_t num_merges);
  void insert(std::int32_t left, std::int32_t right, Merge merge);
  /** rank is kNoRank where the pair does not merge. */
  Merge find(std::int32_t left, std::int32_t right) const {
    if (entries_.empty()) return {};
    const std::uint64_t key = key_of(left, right);
    for (std::size_t i = place_of(key);; i = (i + 1) & mask_) {
      if (entries_[i].key == key) return entries_[i].merge;
      if (entries_[i].key == kEmpty) return {};
    }
  }

  /** Merges adjacent symbols, the lowest rank first and of equals the leftmost, until none merges. */
  void apply(std::vector<Symbol>& symbols) const;
  /** The two ways of apply(): the first for at most 48 symbols. */
  void apply_by_scanning(std::vector<Symbol>& symbols) const;
  void apply_by_queue(std::vector<Symbol>& symbols) const;

 private:
  static constexpr std::uint64_t kEmpty = UINT64_MAX;
  struct Entry {
    std::uint64_t key = kEmpty;
    Merge merge;
  };
  static std::uint64_t key_of(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
  }
  std::size_t place_of(std::uint64_t key) const { return (key * 0x9e3779b97f4a7c15ULL >> 20) & mask_; }
  std::vector<Entry> entries_;
  std::size_t mask_ = 0;
};

}  // namespace intelia
