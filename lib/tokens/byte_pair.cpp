// See byte_pair.hpp.
#include "tokens/byte_pair.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <tuple>

namespace intelia {

namespace {

// Up to here rescanning the ranks beats a queue; a word of prose has about six symbols.
constexpr std::size_t kMaxScanned = 48;

}  // namespace

void MergeTable::reserve(std::size_t num_merges) {
  std::size_t size = 16;
  while (size < num_merges * 2) size *= 2;
  entries_.assign(size, {});
  mask_ = size - 1;
}

void MergeTable::insert(std::int32_t left, std::int32_t right, Merge merge) {
  const std::uint64_t key = key_of(left, right);
  std::size_t i = place_of(key);
  while (entries_[i].key != kEmpty && entries_[i].key != key) i = (i + 1) & mask_;
  entries_[i] = {key, merge};
}

void MergeTable::apply(std::vector<Symbol>& symbols) const {
  if (symbols.size() < 2) return;
  if (symbols.size() <= kMaxScanned) {
    apply_by_scanning(symbols);
  } else {
    apply_by_queue(symbols);
  }
}

void MergeTable::apply_by_scanning(std::vector<Symbol>& symbols) const {
  std::array<Merge, kMaxScanned> merges;  // merges[i] joins symbols i and i + 1
  std::size_t count = symbols.size();
  for (std::size_t i = 0; i + 1 < count; ++i) merges[i] = find(symbols[i].id, symbols[i + 1].id);
  for (;;) {
    std::size_t best = 0;
    std::uint32_t best_rank = kNoRank;
    for (std::size_t i = 0; i + 1 < count; ++i) {
      if (merges[i].rank < best_rank) {
        best_rank = merges[i].rank;
        best = i;
      }
    }
    if (best_rank == kNoRank) break;
    symbols[best] = {merges[best].id, symbols[best].num_bytes + symbols[best + 1].num_bytes};
    --count;
    for (std::size_t i = best + 1; i < count; ++i) symbols[i] = symbols[i + 1];
    for (std::size_t i = best + 1; i + 1 < count; ++i) merges[i] = merges[i + 1];
    if (best > 0) merges[best - 1] = find(symbols[best - 1].id, symbols[best].id);
    if (best + 1 < count) merges[best] = find(symbols[best].id, symbols[best + 1].id);
  }
  symbols.resize(count);
}

void MergeTable::apply_by_queue(std::vector<Symbol>& symbols) const {
  struct Candidate {
    std::uint32_t rank;
    std::uint32_t place;
    std::int32_t left, right;  // the ids it was made for: it is stale when they changed
    std::int32_t id;
    bool operator>(const Candidate& other) const { return std::tie(rank, place) > std::tie(other.rank, other.place); }
  };
  constexpr std::uint32_t kNone = UINT32_MAX;
  const auto count = static_cast<std::uint32_t>(symbols.size());
  std::vector<std::uint32_t> before(count), after(count);
  std::vector<Candidate> storage;
  storage.reserve(count);
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue({}, std::move(storage));
  const auto offer = [&](std::uint32_t left, std::uint32_t right) {
    const Merge merge = find(symbols[left].id, symbols[right].id);
    if (merge.rank != kNoRank) queue.push({merge.rank, left, symbols[left].id, symbols[right].id, merge.id});
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    before[i] = i == 0 ? kNone : i - 1;
    after[i] = i + 1 == count ? kNone : i + 1;
  }
  for (std::uint32_t i = 0; i + 1 < count; ++i) offer(i, i + 1);
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Symbol& left = symbols[best.place];
    const std::uint32_t right_place = after[best.place];
    if (left.num_bytes == 0 || left.id != best.left || right_place == kNone || symbols[right_place].id != best.right) continue;
    Symbol& right = symbols[right_place];
    left = {best.id, left.num_bytes + right.num_bytes};
    right.num_bytes = 0;
    after[best.place] = after[right_place];
    if (after[right_place] != kNone) before[after[right_place]] = best.place;
    if (before[best.place] != kNone) offer(before[best.place], best.place);
    if (after[best.place] != kNone) offer(best.place, after[best.place]);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.num_bytes == 0; });
}

}  // namespace intelia
