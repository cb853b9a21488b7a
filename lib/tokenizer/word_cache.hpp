// A cache of the ids of encoded words. Words of up to 15 bytes are keys of 16 bytes (the last is the length), and most
// have their ids beside the key: a hit is one cache line, which the caller prefetches. Knows keys and ids, not merges.
// Private to lib/tokenizer.
//
// Measured: one table with prefetching is faster than a small table of 512 KiB in front of it, since the processor's
// caches already are a second level; huge pages avoid the TLB misses of a table of megabytes.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace intelia {

struct WordKey {
  std::uint64_t low = 0, high = 0;
  bool operator==(const WordKey& other) const { return ((low ^ other.low) | (high ^ other.high)) == 0; }
};

constexpr std::size_t kMaxKeyBytes = 15;

/** By the size of a word: a mask of the bytes of its key that belong to it. */
inline constexpr auto kKeyMasks = [] {
  std::array<WordKey, kMaxKeyBytes + 1> masks{};
  for (std::size_t size = 1; size <= kMaxKeyBytes; ++size) {
    masks[size].low = size >= 8 ? ~0ULL : ~0ULL >> (64 - 8 * size);
    masks[size].high = size <= 8 ? 0 : ~0ULL >> (128 - 8 * size);
  }
  return masks;
}();

/** The key of a word of 1 to kMaxKeyBytes bytes, 16 of which can be read at `word`. */
inline WordKey key_of_readable(const char* word, std::size_t size) {
  WordKey key;
  std::memcpy(&key.low, word, 8);
  std::memcpy(&key.high, word + 8, 8);
  key.low &= kKeyMasks[size].low;
  key.high = (key.high & kKeyMasks[size].high) | static_cast<std::uint64_t>(size) << 56;
  return key;
}

inline WordKey key_of(std::string_view word) {
  std::array<char, 16> copy{};
  std::memcpy(copy.data(), word.data(), word.size());
  return key_of_readable(copy.data(), word.size());
}

inline std::uint64_t hash_of(WordKey key) {
  return (key.low ^ key.high * 0x9e3779b97f4a7c15ULL) * 0xd6e8feb86659fd93ULL;
}

struct WordEntry {
  static constexpr std::uint32_t kMaxInline = 3;
  WordKey key;
  std::array<std::int32_t, kMaxInline> ids{};  // with more than kMaxInline: ids[0] is their offset in the overflow
  std::uint32_t count = 0;
};
static_assert(sizeof(WordEntry) == 32);

/** An open-addressing hash table of words by key. */
class WordTable {
 public:
  explicit WordTable(unsigned bits);

  std::size_t size() const { return size_; }
  bool is_half_full() const { return size_ * 2 > mask_; }
  std::size_t slot_of(std::uint64_t hash) const { return hash >> shift_; }
  void prefetch(std::size_t slot) const { __builtin_prefetch(&entries_[slot]); }
  const WordEntry& at(std::size_t slot) const { return entries_[slot]; }
  /** The word's entry, or null; `slot` is that of its hash. */
  const WordEntry* find(WordKey key, std::size_t slot) const;
  /** Adds a word that is not in the table yet. */
  const WordEntry& insert(const WordEntry& entry);
  /** The same words in a table twice as large. */
  WordTable grown() const;
  unsigned bits() const { return 64 - shift_; }

 private:
  struct Free {
    void operator()(WordEntry* entries) const { std::free(entries); }
  };
  std::unique_ptr<WordEntry[], Free> entries_;
  std::size_t mask_, size_ = 0;
  unsigned shift_;
};

/** Words of any length, with their bytes stored separately. */
class LongWordTable {
 public:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t size = 0;  // 0: an empty slot
    std::uint32_t bytes_at = 0;
    std::uint32_t ids_at = 0, count = 0;
  };
  LongWordTable();

  /** The ids of a word, never an empty list, or nothing. */
  std::span<const std::int32_t> find(std::string_view word, std::uint64_t hash) const;
  void put(std::string_view word, std::uint64_t hash, std::span<const std::int32_t> ids);

 private:
  static constexpr std::size_t kFirstSize = 1 << 10, kMostBytes = 16 << 20;
  std::size_t empty_slot(std::uint64_t hash) const;
  void grow();

  std::vector<Entry> entries_;
  std::size_t size_ = 0;
  std::string bytes_;
  std::vector<std::int32_t> ids_;
};

class WordCache {
 public:
  WordCache() : table_(kFirstBits) {}

  const WordTable& table() const { return table_; }
  const WordEntry& put(WordKey key, std::span<const std::int32_t> ids);
  std::span<const std::int32_t> ids_of(const WordEntry& entry) const {
    if (entry.count <= WordEntry::kMaxInline) return {entry.ids.data(), entry.count};
    return {overflow_.data() + entry.ids[0], entry.count};
  }

  /** Words longer than keys; those of more than kMaxLongBytes are not cached. */
  static constexpr std::size_t kMaxLongBytes = 256;
  LongWordTable& long_words() { return long_words_; }

 private:
  // A new thread starts with a small table; a full table of the maximum size (32 MiB) is cleared.
  static constexpr unsigned kFirstBits = 14, kMostBits = 20;
  static constexpr std::size_t kMostOverflow = 1 << 21;

  WordTable table_;
  std::vector<std::int32_t> overflow_;
  LongWordTable long_words_;
};

}  // namespace intelia
