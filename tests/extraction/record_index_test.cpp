#include "extraction/record_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

/** An entry that owns its id. */
struct Kept {
  std::string id;
  IndexEntry entry;
};

Kept keep(const IndexEntry& entry) { return {std::string(entry.id), entry}; }

auto all_of(const Kept& kept) {
  const IndexEntry& e = kept.entry;
  return std::tuple(kept.id, e.offset, e.checksum, e.time, e.line, e.size_bytes, e.has_id, e.has_time);
}

std::vector<Kept> sort(const std::vector<Kept>& entries, std::size_t memory_bytes) {
  RecordIndex index(memory_bytes);
  for (const Kept& kept : entries) {
    IndexEntry entry = kept.entry;
    entry.id = kept.id;
    index.add(entry);
  }
  std::vector<Kept> sorted;
  index.for_each([&](const IndexEntry& entry) { sorted.push_back(keep(entry)); });
  return sorted;
}

std::vector<Kept> random_entries(int count) {
  Random random(11);
  std::vector<Kept> entries;
  for (int i = 0; i < count; ++i) {
    Kept kept;
    kept.entry = {{},
                  static_cast<std::uint64_t>(i) * 100,
                  random.below(1u << 31),
                  static_cast<std::int64_t>(random.below(50)),
                  i + 1,
                  static_cast<std::uint32_t>(random.below(9000)),
                  random.below(10) > 0,
                  random.below(4) > 0};
    if (kept.entry.has_id) {
      for (std::uint64_t j = random.below(20) == 0 ? kMaxIdBytes : random.below(6); j > 0; --j)
        kept.id += static_cast<char>(random.below(4) == 0 ? 200 + random.below(50) : 'a' + random.below(3));
    }
    entries.push_back(kept);
  }
  return entries;
}

}  // namespace

TEST_CASE("entries are sorted, whatever the memory limit") {
  std::vector<Kept> expected = random_entries(3000);
  const std::vector<Kept> entries = expected;
  // The same order as tuples: entries without a time last and in file order, without an id after those with one, bytes
  // unsigned.
  const auto key = [](const Kept& kept) {
    const IndexEntry& e = kept.entry;
    const std::vector<unsigned char> bytes(kept.id.begin(), kept.id.end());
    return e.has_time ? std::tuple(false, -e.time, !e.has_id, bytes, e.offset)
                      : std::tuple(true, std::int64_t{0}, false, std::vector<unsigned char>(), e.offset);
  };
  std::sort(expected.begin(), expected.end(),
            [&](const Kept& one, const Kept& other) { return key(one) < key(other); });
  for (const std::size_t memory_bytes : {std::size_t{1} << 30, std::size_t{100'000}, std::size_t{1}}) {
    const std::vector<Kept> sorted = sort(entries, memory_bytes);
    REQUIRE(sorted.size() == expected.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) REQUIRE(all_of(sorted[i]) == all_of(expected[i]));
  }
}

TEST_CASE("an empty index") { CHECK(sort({}, 100).empty()); }
