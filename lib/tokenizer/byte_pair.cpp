// See byte_pair.hpp.
#include "tokenizer/byte_pair.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <span>
#include <tuple>

#include "base/error.hpp"

namespace intelia {

namespace {

// Up to this many symbols rescanning the ranks is faster than a queue; a word of prose has about six.
constexpr std::size_t kMaxScanned = 48;

}  // namespace

void MergeTable::reserve(std::size_t num_merges) {
  if (num_merges > kMaxRank) throw Error(Kind::input, "more than 4 million merges are not supported");
  unsigned bits = 4;
  while (std::size_t{1} << bits < num_merges * 2) ++bits;
  entries_.assign(std::size_t{1} << bits, kEmpty);
  mask_ = entries_.size() - 1;
  shift_ = 64 - bits;
  first_ranks_.assign(kNumFirst * kNumFirst, kNoRank);
}

void MergeTable::insert(std::int32_t left, std::int32_t right, std::uint32_t rank, std::int32_t merged) {
  if (static_cast<std::uint64_t>(std::max({left, right, merged})) > kMaxId || rank > kMaxRank) {
    throw Error(Kind::input, "a vocabulary of more than 2 million tokens is not supported");
  }
  const std::uint64_t pair = pair_of(left, right);
  std::size_t i = slot_of(pair);
  while (entries_[i] != kEmpty && entries_[i] >> kRankBits != pair) i = (i + 1) & mask_;
  entries_[i] = pair << kRankBits | rank;
  if (rank >= merged_.size()) merged_.resize(rank + 1);
  merged_[rank] = merged;
  if ((left | right) < kNumFirst) first_ranks_[static_cast<std::size_t>(left * kNumFirst + right)] = rank;
}

void MergeTable::apply(std::vector<Symbol>& symbols) const {
  if (symbols.size() < 2) return;
  if (symbols.size() <= kMaxScanned) {
    apply_by_scanning(symbols);
  } else {
    apply_by_chunks(symbols);
  }
}

void MergeTable::apply_by_scanning(std::vector<Symbol>& symbols) const {
  std::array<std::uint32_t, kMaxScanned> ranks;  // ranks[i] is that of symbols i and i + 1
  std::size_t count = symbols.size();
  for (std::size_t i = 0; i + 1 < count; ++i) ranks[i] = rank_of_first(symbols[i].id, symbols[i + 1].id);
  while (count > 1) {
    // Rank and position as one number, so that the minimum is found without unpredictable branches.
    std::uint64_t least = UINT64_MAX;
    for (std::uint64_t i = 0; i + 1 < count; ++i)
      least = std::min(least, static_cast<std::uint64_t>(ranks[i]) << 32 | i);
    const auto best = static_cast<std::size_t>(least & UINT32_MAX);
    if (least >> 32 == kNoRank) break;
    symbols[best] = {merged(ranks[best]), symbols[best].num_bytes + symbols[best + 1].num_bytes};
    --count;
    for (std::size_t i = best + 1; i < count; ++i) symbols[i] = symbols[i + 1];
    for (std::size_t i = best + 1; i + 1 < count; ++i) ranks[i] = ranks[i + 1];
    if (best > 0) ranks[best - 1] = rank_of(symbols[best - 1].id, symbols[best].id);
    if (best + 1 < count) ranks[best] = rank_of(symbols[best].id, symbols[best + 1].id);
  }
  symbols.resize(count);
}

void MergeTable::apply_by_queue(std::vector<Symbol>& symbols) const {
  struct Candidate {
    std::uint32_t rank;
    std::uint32_t place;
    std::int32_t left, right;  // the ids when it was created: it is stale when they have changed
    bool operator>(const Candidate& other) const { return std::tie(rank, place) > std::tie(other.rank, other.place); }
  };
  constexpr std::uint32_t kNone = UINT32_MAX;
  const auto count = static_cast<std::uint32_t>(symbols.size());
  std::vector<std::uint32_t> before(count), after(count);
  std::vector<Candidate> storage;
  storage.reserve(count);
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue({}, std::move(storage));
  const auto offer = [&](std::uint32_t left, std::uint32_t right) {
    const std::uint32_t rank = rank_of(symbols[left].id, symbols[right].id);
    if (rank != kNoRank) queue.push({rank, left, symbols[left].id, symbols[right].id});
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
    if (left.num_bytes == 0 || left.id != best.left || right_place == kNone || symbols[right_place].id != best.right)
      continue;
    Symbol& right = symbols[right_place];
    left = {merged(best.rank), left.num_bytes + right.num_bytes};
    right.num_bytes = 0;
    after[best.place] = after[right_place];
    if (after[right_place] != kNone) before[after[right_place]] = best.place;
    if (before[best.place] != kNone) offer(before[best.place], best.place);
    if (after[best.place] != kNone) offer(best.place, after[best.place]);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.num_bytes == 0; });
}

namespace {

/** A token over the symbols [begin, end) of its word. */
struct Part {
  std::int32_t id = 0;
  std::size_t begin = 0, end = 0;
};

/** The tokens of symbols [begin, end), by a function that merges symbols. */
template <class Merge>
std::vector<Part> parts_of(std::span<const Symbol> symbols, std::size_t begin, std::size_t end, Merge merge) {
  std::vector<Symbol> counted(symbols.begin() + static_cast<std::ptrdiff_t>(begin),
                              symbols.begin() + static_cast<std::ptrdiff_t>(end));
  for (Symbol& symbol : counted) symbol.num_bytes = 1;  // so that the sums count symbols
  merge(counted);
  std::vector<Part> parts;
  for (const Symbol& symbol : counted) {
    parts.push_back({symbol.id, begin, begin + symbol.num_bytes});
    begin += symbol.num_bytes;
  }
  return parts;
}

/** Replaces `symbols` by their tokens `parts`. */
void replace_by_parts(std::vector<Symbol>& symbols, const std::vector<Part>& parts) {
  std::vector<Symbol> tokens;
  tokens.reserve(parts.size());
  for (const Part& part : parts) {
    std::uint32_t num_bytes = 0;
    for (std::size_t i = part.begin; i < part.end; ++i) num_bytes += symbols[i].num_bytes;
    tokens.push_back({part.id, num_bytes});
  }
  symbols = std::move(tokens);
}

}  // namespace

void MergeTable::apply_by_chunks(std::vector<Symbol>& symbols) const {
  constexpr std::size_t kChunk = 32;
  const auto merge = [&](std::vector<Symbol>& some) {
    some.size() <= kMaxScanned ? apply_by_scanning(some) : apply_by_queue(some);
  };
  const auto hold = [&](const Part& left, const Part& right) {
    const std::vector<Part> both = parts_of(symbols, left.begin, right.end, merge);
    return both.size() == 2 && both[0].id == left.id && both[1].id == right.id && both[1].begin == right.begin;
  };
  std::vector<Part> parts;
  std::size_t steps_left =
      symbols.size() * 16;  // adversarial words, where boundaries move far back, are left to the queue
  for (std::size_t begin = 0; begin < symbols.size(); begin += kChunk) {
    const std::size_t end = std::min(begin + kChunk, symbols.size());
    std::vector<Part> fresh = parts_of(symbols, begin, end, merge);
    for (std::size_t num_redone = 1; !parts.empty() && !hold(parts.back(), fresh.front()); num_redone *= 2) {
      const std::size_t num_kept = parts.size() - std::min(num_redone, parts.size());
      const std::size_t from = parts[num_kept].begin;
      if (end - from > steps_left) return apply_by_queue(symbols);
      steps_left -= end - from;
      parts.resize(num_kept);
      fresh = parts_of(symbols, from, end, merge);
    }
    parts.insert(parts.end(), fresh.begin(), fresh.end());
  }
  replace_by_parts(symbols, parts);
}

}  // namespace intelia
