// See word_cache.hpp.
#include "tokenizer/word_cache.hpp"

#include <algorithm>
#include <new>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace intelia {

namespace {

constexpr std::size_t kHugePage = 2 << 20;

/** Zeroed memory, in huge pages where it is large and the system supports them. */
WordEntry* zeroed_entries(std::size_t count) {
  const std::size_t bytes = count * sizeof(WordEntry);
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : 64;
  void* const memory = std::aligned_alloc(alignment, bytes);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  if (bytes >= kHugePage) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  std::memset(memory, 0, bytes);
  return static_cast<WordEntry*>(memory);
}

}  // namespace

WordTable::WordTable(unsigned bits)
    : entries_(zeroed_entries(std::size_t{1} << bits)), mask_((std::size_t{1} << bits) - 1), shift_(64 - bits) {}

const WordEntry* WordTable::find(WordKey key, std::size_t slot) const {
  for (;; slot = (slot + 1) & mask_) {
    const WordEntry& entry = entries_[slot];
    if (entry.key == key) return &entry;
    if (entry.key == WordKey{}) return nullptr;
  }
}

const WordEntry& WordTable::insert(const WordEntry& entry) {
  std::size_t slot = slot_of(hash_of(entry.key));
  while (!(entries_[slot].key == WordKey{})) slot = (slot + 1) & mask_;
  entries_[slot] = entry;
  ++size_;
  return entries_[slot];
}

WordTable WordTable::grown() const {
  WordTable table(bits() + 1);
  for (std::size_t slot = 0; slot <= mask_; ++slot) {
    if (!(entries_[slot].key == WordKey{})) table.insert(entries_[slot]);
  }
  return table;
}

LongWordTable::LongWordTable() : entries_(kFirstSize) {}

std::span<const std::int32_t> LongWordTable::find(std::string_view word, std::uint64_t hash) const {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t slot = hash & mask; entries_[slot].size != 0; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slot];
    if (entry.hash != hash || entry.size != word.size()) continue;
    if (std::memcmp(bytes_.data() + entry.bytes_at, word.data(), word.size()) == 0)
      return {ids_.data() + entry.ids_at, entry.count};
  }
  return {};
}

void LongWordTable::put(std::string_view word, std::uint64_t hash, std::span<const std::int32_t> ids) {
  if (bytes_.size() + word.size() > kMostBytes) *this = LongWordTable();
  if (size_ * 2 >= entries_.size()) grow();
  entries_[empty_slot(hash)] = {hash, static_cast<std::uint32_t>(word.size()),
                                static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(ids_.size()),
                                static_cast<std::uint32_t>(ids.size())};
  bytes_ += word;
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  ++size_;
}

std::size_t LongWordTable::empty_slot(std::uint64_t hash) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t slot = hash & mask;
  while (entries_[slot].size != 0) slot = (slot + 1) & mask;
  return slot;
}

void LongWordTable::grow() {
  const std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(entries_.size() * 2));
  for (const Entry& entry : old) {
    if (entry.size != 0) entries_[empty_slot(entry.hash)] = entry;
  }
}

const WordEntry& WordCache::put(WordKey key, std::span<const std::int32_t> ids) {
  if (overflow_.size() + ids.size() > kMostOverflow || (table_.is_half_full() && table_.bits() == kMostBits)) {
    table_ = WordTable(kFirstBits);
    overflow_.clear();
  } else if (table_.is_half_full()) {
    table_ = table_.grown();
  }
  WordEntry entry{key, {}, static_cast<std::uint32_t>(ids.size())};
  if (ids.size() <= WordEntry::kMaxInline) {
    std::copy(ids.begin(), ids.end(), entry.ids.begin());
  } else {
    entry.ids[0] = static_cast<std::int32_t>(overflow_.size());
    overflow_.insert(overflow_.end(), ids.begin(), ids.end());
  }
  return table_.insert(entry);
}

}  // namespace intelia
