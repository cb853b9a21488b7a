// Byte-pair encoding of one word: a table of merges and algorithms to apply it. Knows ids and lengths, not files.
#pragma once

#include <cstdint>
#include <vector>

namespace intelia {

/** A part of a word: its id and how many bytes of the word it covers. */
struct Symbol {
  std::int32_t id = 0;
  std::uint32_t num_bytes = 0;
};

/** Which pairs of ids merge, in which order and into what. An entry has 8 bytes, pair and rank, so that the merges of a
   vocabulary of 128,000 fit into the processor's caches; the merged id is looked up by the rank. */
class MergeTable {
 public:
  static constexpr std::uint32_t kNoRank = UINT32_MAX;

  /** Throws Error{input} for more merges than the table supports. */
  void reserve(std::size_t num_merges);
  /** Pairs of equal rank have the same `merged`. Throws Error{input} for an id or a rank above what the table supports.
   */
  void insert(std::int32_t left, std::int32_t right, std::uint32_t rank, std::int32_t merged);
  /** kNoRank where the pair does not merge. */
  std::uint32_t rank_of(std::int32_t left, std::int32_t right) const {
    if (entries_.empty()) return kNoRank;
    const std::uint64_t pair = pair_of(left, right);
    for (std::size_t i = slot_of(pair);; i = (i + 1) & mask_) {
      const std::uint64_t entry = entries_[i];
      if (entry >> kRankBits == pair) return static_cast<std::uint32_t>(entry & kMaxRank);
      if (entry == kEmpty) return kNoRank;
    }
  }
  /** As rank_of, faster for ids below 256: in most vocabularies the bytes of which every word initially consists. */
  std::uint32_t rank_of_first(std::int32_t left, std::int32_t right) const {
    return (left | right) < kNumFirst && !entries_.empty()
               ? first_ranks_[static_cast<std::size_t>(left * kNumFirst + right)]
               : rank_of(left, right);
  }
  std::int32_t merged(std::uint32_t rank) const { return merged_[rank]; }

  /**
   * Merges adjacent symbols, lowest rank first and leftmost among equals, until none merges.
   *
   * Long words rely on this property: a sequence of tokens is that of its word exactly when every two adjacent tokens
   * are those of their own symbols. (The first merge across a boundary between two of them would also be the first
   * across it in those symbols alone, since until then nothing outside has affected them.) So tokens of parts may be
   * concatenated where the adjacent tokens satisfy it, and repetitions in a word repeat in its tokens.
   */
  void apply(std::vector<Symbol>& symbols) const;
  /** The algorithms of apply(): the first for at most 48 symbols, the second in O(n log n) for any word. */
  void apply_by_scanning(std::vector<Symbol>& symbols) const;
  void apply_by_queue(std::vector<Symbol>& symbols) const;
  /** In chunks, concatenated where the adjacent tokens satisfy the property above. */
  void apply_by_chunks(std::vector<Symbol>& symbols) const;

 private:
  static constexpr unsigned kIdBits = 21, kRankBits = 22;
  static constexpr std::uint64_t kMaxRank = (1 << kRankBits) - 1, kMaxId = (1 << kIdBits) - 1;
  static constexpr std::uint64_t kEmpty = UINT64_MAX;
  static constexpr std::int32_t kNumFirst = 256;
  static std::uint64_t pair_of(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << kIdBits | static_cast<std::uint32_t>(right);
  }
  std::size_t slot_of(std::uint64_t pair) const { return pair * 0x9e3779b97f4a7c15ULL >> shift_; }

  std::vector<std::uint64_t> entries_;      // pair << kRankBits | rank
  std::vector<std::int32_t> merged_;        // by rank
  std::vector<std::uint32_t> first_ranks_;  // by left * kNumFirst + right
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
};

}  // namespace intelia
