// The algorithms for long words against the queue, which follows the definition step by step.
#include "tokenizer/byte_pair.hpp"

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace {

using namespace intelia;

constexpr std::uint64_t kNumIds = 40;

/** Arbitrary merges, not only those that training creates: a pair may precede its parts and have any result. */
MergeTable random_merges(Random& random, std::uint32_t num_merges, std::uint64_t num_letters) {
  MergeTable table;
  table.reserve(num_merges);
  for (std::uint32_t rank = 0; rank < num_merges; ++rank) {
    const auto any = [&](std::uint64_t below) { return static_cast<std::int32_t>(random.below(below)); };
    const bool is_of_letters = random.below(3) == 0;
    const std::uint64_t below = is_of_letters ? num_letters : kNumIds;
    const std::int32_t left = any(below), right = any(below);
    if (table.rank_of(left, right) == MergeTable::kNoRank)
      table.insert(left, right, rank, static_cast<std::int32_t>(num_letters + random.below(kNumIds - num_letters)));
  }
  return table;
}

bool is_same(const std::vector<Symbol>& left, const std::vector<Symbol>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].id != right[i].id || left[i].num_bytes != right[i].num_bytes) return false;
  }
  return true;
}

std::vector<Symbol> by_queue(const MergeTable& table, std::vector<Symbol> word) {
  table.apply_by_queue(word);
  return word;
}

TEST_CASE("concatenated chunks are the tokens of the whole word") {
  Random random(3);
  for (int i = 0; i < 400; ++i) {
    const std::uint64_t num_letters = 1 + random.below(4);
    const MergeTable table = random_merges(random, 4 + static_cast<std::uint32_t>(random.below(60)), num_letters);
    std::vector<Symbol> word;
    for (std::size_t k = 0; k < 1 + static_cast<std::size_t>(i) % 300; ++k)
      word.push_back(
          {static_cast<std::int32_t>(random.below(num_letters)), 1 + static_cast<std::uint32_t>(random.below(2))});
    const std::vector<Symbol> expected = by_queue(table, word);
    table.apply_by_chunks(word);
    CHECK(is_same(word, expected));
  }
}

}  // namespace
