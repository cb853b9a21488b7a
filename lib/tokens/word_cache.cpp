// See word_cache.hpp.
#include "tokens/word_cache.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace intelia {

// calloc: pages that no word reaches are never touched.
WordCache::Entries WordCache::make_entries(unsigned bits) {
  Entries entries(static_cast<WordEntry*>(std::calloc(std::size_t{1} << bits, sizeof(WordEntry))));
  if (!entries) throw std::bad_alloc();
  return entries;
}

WordCache::WordCache()
    : near_(make_entries(kNearBits)), far_(make_entries(kFarBits)), long_words_(std::size_t{1} << kLongBits) {}

const WordEntry* WordCache::find_far(WordKey key, std::uint64_t hash) const {
  const WordEntry* const bucket = &far_[hash >> (64 - kFarBits) & ~(kWays - 1)];
  for (std::size_t way = 0; way < kWays; ++way) {
    if (bucket[way].key == key) return &bucket[way];
  }
  return nullptr;
}

const WordEntry& WordCache::put(WordKey key, std::uint64_t hash, std::span<const std::int32_t> ids) {
  if (overflow_.size() + ids.size() > kMaxOverflow) {
    // Entries of both levels may point into the overflow.
    near_ = make_entries(kNearBits);
    far_ = make_entries(kFarBits);
    overflow_.clear();
  }
  // The newest word is first in its bucket; the oldest goes.
  WordEntry* const bucket = &far_[hash >> (64 - kFarBits) & ~(kWays - 1)];
  std::move_backward(bucket, bucket + kWays - 1, bucket + kWays);
  WordEntry& entry = bucket[0];
  entry = {key, {}, static_cast<std::uint32_t>(ids.size())};
  if (ids.size() <= WordEntry::kMaxInline) {
    std::copy(ids.begin(), ids.end(), entry.ids.begin());
  } else {
    entry.ids[0] = static_cast<std::int32_t>(overflow_.size());
    overflow_.insert(overflow_.end(), ids.begin(), ids.end());
  }
  return entry;
}

const std::vector<std::int32_t>* WordCache::find_long(std::string_view word, std::uint64_t hash) const {
  const LongWord& entry = long_words_[hash >> (64 - kLongBits)];
  return entry.word == word ? &entry.ids : nullptr;
}

void WordCache::put_long(std::string_view word, std::uint64_t hash, std::span<const std::int32_t> ids) {
  LongWord& entry = long_words_[hash >> (64 - kLongBits)];
  entry.word = word;
  entry.ids.assign(ids.begin(), ids.end());
}

}  // namespace intelia
