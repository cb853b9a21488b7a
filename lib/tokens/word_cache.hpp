// Ids of words already encoded. Words of up to 15 bytes are keys of 16 bytes (the last is the length) and most have
// their ids beside the key, so that a hit is one cache line and no call. Two levels: a near one that stays in the
// processor's L2, and a far one that a miss of the near one asks. Knows keys and ids, not merges. Private to
// lib/tokens.
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
  bool operator==(const WordKey&) const = default;
};

constexpr std::size_t kMaxKeyBytes = 15;

/** By the size of a word: the bytes of its key that are its own. */
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
  std::array<std::int32_t, kMaxInline> ids;  // with more than kMaxInline: ids[0] is where they begin in the overflow
  std::uint32_t count;
};
static_assert(sizeof(WordEntry) == 32);

class WordCache {
 public:
  WordCache();

  WordEntry& near_entry(std::uint64_t hash) const { return near_[hash >> (64 - kNearBits)]; }
  /** The entry of the far level, or null. */
  const WordEntry* find_far(WordKey key, std::uint64_t hash) const;
  /** Keeps the ids of a word in the far level and returns its entry. */
  const WordEntry& put(WordKey key, std::uint64_t hash, std::span<const std::int32_t> ids);
  std::span<const std::int32_t> ids_of(const WordEntry& entry) const {
    if (entry.count <= WordEntry::kMaxInline) return {entry.ids.data(), entry.count};
    return {overflow_.data() + entry.ids[0], entry.count};
  }

  /** Words longer than keys, up to kMaxLongBytes; null where unknown. */
  static constexpr std::size_t kMaxLongBytes = 128;
  const std::vector<std::int32_t>* find_long(std::string_view word, std::uint64_t hash) const;
  void put_long(std::string_view word, std::uint64_t hash, std::span<const std::int32_t> ids);

 private:
  static constexpr unsigned kNearBits = 14, kFarBits = 17, kLongBits = 14;
  static constexpr std::size_t kWays = 2;
  static constexpr std::size_t kMaxOverflow = 1 << 20;
  struct Free {
    void operator()(WordEntry* entries) const { std::free(entries); }
  };
  using Entries = std::unique_ptr<WordEntry[], Free>;
  struct LongWord {
    std::string word;
    std::vector<std::int32_t> ids;
  };
  static Entries make_entries(unsigned bits);

  Entries near_, far_;
  std::vector<std::int32_t> overflow_;
  std::vector<LongWord> long_words_;
};

}  // namespace intelia
