#include "extraction/record_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "temporary_folder.hpp"

using namespace intelia;
using namespace intelia::extraction;

namespace {

/** An entry that keeps its id. */
struct Kept {
  std::string id;
  IndexEntry entry;
};

Kept keep(const IndexEntry& entry) { return {std::string(entry.id), entry}; }

auto all_of(const Kept& kept) {
  const IndexEntry& e = kept.entry;
  return std::tuple(kept.id, e.offset, e.checksum, e.time, e.line, e.size_bytes, e.has_id, e.has_time, e.matches);
}

std::vector<Kept> sort(const std::vector<Kept>& entries, RecordIndex::Order order, std::size_t memory_bytes) {
  TemporaryFolder folder;
  RecordIndex index(order, folder.path, memory_bytes);
  for (const Kept& kept : entries) {
    IndexEntry entry = kept.entry;
    entry.id = kept.id;
    index.add(entry);
  }
  std::vector<Kept> sorted;
  index.for_each([&](const IndexEntry& entry) {
    CHECK(std::filesystem::is_empty(folder.path));  // whatever was spilled has no name
    sorted.push_back(keep(entry));
    return true;
  });
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
                  random.below(2) > 0,
                  random.below(2) > 0};
    if (kept.entry.has_id) {
      for (std::uint64_t j = random.below(20) == 0 ? kMaxIdBytes : random.below(6); j > 0; --j)
        kept.id += static_cast<char>(random.below(4) == 0 ? 200 + random.below(50) : 'a' + random.below(3));
    }
    entries.push_back(kept);
  }
  return entries;
}

}  // namespace

TEST_CASE("entries come in order, whatever the memory") {
  const std::vector<Kept> entries = random_entries(3000);
  // The orders said once more, by tuples: NULL last, bytes without sign.
  const auto bytes = [](const std::string& text) { return std::vector<unsigned char>(text.begin(), text.end()); };
  const auto by_id = [&](const Kept& one, const Kept& other) {
    return std::tuple(!one.entry.has_id, bytes(one.id), one.entry.offset) <
           std::tuple(!other.entry.has_id, bytes(other.id), other.entry.offset);
  };
  const auto newest_first = [&](const Kept& one, const Kept& other) {
    return std::tuple(-one.entry.time, !one.entry.has_id, bytes(one.id), one.entry.offset) <
           std::tuple(-other.entry.time, !other.entry.has_id, bytes(other.id), other.entry.offset);
  };
  const auto check_order = [&](RecordIndex::Order order, auto expected_order) {
    std::vector<Kept> expected = entries;
    std::sort(expected.begin(), expected.end(), expected_order);
    for (const std::size_t memory_bytes : {std::size_t{1} << 30, std::size_t{100'000}, std::size_t{1}}) {
      const std::vector<Kept> sorted = sort(entries, order, memory_bytes);
      REQUIRE(sorted.size() == expected.size());
      for (std::size_t i = 0; i < sorted.size(); ++i) REQUIRE(all_of(sorted[i]) == all_of(expected[i]));
    }
  };
  check_order(comes_by_id, by_id);
  check_order(comes_newest_first, newest_first);
  check_order(comes_as_in_file,
              [](const Kept& one, const Kept& other) { return one.entry.offset < other.entry.offset; });
}

TEST_CASE("no entries, and an end before the last") {
  CHECK(sort({}, comes_by_id, 100).empty());
  TemporaryFolder folder;
  for (const std::size_t memory_bytes : {std::size_t{1} << 20, std::size_t{1}}) {
    RecordIndex index(comes_as_in_file, folder.path, memory_bytes);
    for (std::uint64_t i = 0; i < 10; ++i) {
      IndexEntry entry;
      entry.offset = 10 - i;
      index.add(entry);
    }
    std::vector<std::uint64_t> offsets;
    index.for_each([&](const IndexEntry& entry) {
      offsets.push_back(entry.offset);
      return offsets.size() < 3;
    });
    CHECK(offsets == std::vector<std::uint64_t>{1, 2, 3});
  }
}

TEST_CASE("a folder that cannot take the index is named") {
  RecordIndex index(comes_by_id, "/no-such-folder", 1);
  index.add({});
  try {
    index.add({});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == Kind::io);
    CHECK(std::string(error.what()).find("/no-such-folder") != std::string::npos);
  }
}
