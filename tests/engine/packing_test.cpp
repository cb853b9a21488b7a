// Packing against its definition: the longest sample first, into the fullest row that has space for it. The comparison
// with TRL is in tests/parity/test_packing.py.
#include "engine/packing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "engine/rows.hpp"

using namespace intelia;

namespace {

using Rows = std::vector<std::vector<PackedPiece>>;

Rows pack(const std::vector<std::int64_t>& lengths, PackingOptions options) {
  Rows rows;
  Packer packer(options, [&](std::span<const PackedPiece> row) { rows.emplace_back(row.begin(), row.end()); });
  for (const std::int64_t length : lengths) packer.add(length);
  packer.finish();
  CHECK(packer.num_rows() == static_cast<std::int64_t>(rows.size()));
  return rows;
}

/** Best-fit decreasing by trying every row; of equally full rows the one that became so first. */
Rows pack_by_definition(const std::vector<std::int64_t>& lengths, std::int64_t max_length) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return lengths[a] > lengths[b]; });
  struct Row {
    std::int64_t space;
    std::size_t since;
    std::vector<PackedPiece> pieces;
  };
  std::vector<Row> rows;
  for (std::size_t step = 0; step < order.size(); ++step) {
    const std::int64_t length = lengths[order[step]];
    Row* best = nullptr;
    for (Row& row : rows) {
      if (row.space < length) continue;
      if (best == nullptr || row.space < best->space || (row.space == best->space && row.since < best->since))
        best = &row;
    }
    if (best == nullptr) best = &rows.emplace_back(Row{max_length, 0, {}});
    best->pieces.push_back({static_cast<std::int64_t>(order[step]), 0, length});
    best->space -= length;
    best->since = step;
  }
  Rows result;
  for (Row& row : rows) result.push_back(std::move(row.pieces));
  return result;
}

std::vector<std::int64_t> random_lengths(std::size_t count, std::int64_t most, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::int64_t> lengths(count);
  for (std::int64_t& length : lengths)
    length = 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most)));
  return lengths;
}

}  // namespace

TEST_CASE("the rows are those of the definition, whatever the row's length") {
  for (const std::int64_t max_length : {1, 2, 63, 64, 65, 100, 4096, 4097, 300000}) {
    CAPTURE(max_length);
    const std::vector<std::int64_t> lengths = random_lengths(700, max_length, static_cast<std::uint64_t>(max_length));
    CHECK(pack(lengths, {max_length}) == pack_by_definition(lengths, max_length));
  }
}

TEST_CASE("no token is lost or duplicated, no row is too long, and samples are not split") {
  const std::vector<std::int64_t> lengths = random_lengths(5000, 900, 3);
  for (const std::int64_t chunk : {0, 1, 7, 1000}) {
    std::vector<int> seen(lengths.size());
    for (const auto& row : pack(lengths, {1024, PackingStrategy::best_fit, chunk})) {
      std::int64_t used = 0;
      for (const PackedPiece& piece : row) {
        used += piece.length;
        ++seen[static_cast<std::size_t>(piece.sample)];
        CHECK(piece.length == lengths[static_cast<std::size_t>(piece.sample)]);
      }
      CHECK(used <= 1024);
    }
    CHECK(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
  }
}

TEST_CASE("rows never span chunks") {
  const Rows rows = pack({1, 1, 1, 1, 1}, {10, PackingStrategy::best_fit, 2});
  CHECK(rows == Rows{{{0, 0, 1}, {1, 0, 1}}, {{2, 0, 1}, {3, 0, 1}}, {{4, 0, 1}}});
}

TEST_CASE("training rows: one per sample; packed all together; packed by thousands as in TRL") {
  const std::vector<std::int64_t> lengths = random_lengths(2500, 64, 11);
  const auto rows_by = [&](std::int64_t chunk) {
    std::vector<BatchRow> rows;
    for (const auto& pieces : pack(lengths, {64, PackingStrategy::best_fit, chunk})) {
      BatchRow& row = rows.emplace_back();
      for (const PackedPiece& piece : pieces) row.push_back(piece.sample);
    }
    return rows;
  };
  SftSettings settings;
  settings.max_length = 64;
  CHECK(training_rows(lengths, settings).size() == 2500);
  settings.packs = true;
  CHECK(training_rows(lengths, settings) == rows_by(0));
  settings.compat = Compat::trl;
  CHECK(training_rows(lengths, settings) == rows_by(1000));
  CHECK(rows_by(1000) != rows_by(0));
}

TEST_CASE("a sample longer than a row is truncated or split, by strategy") {
  CHECK(pack({25, 0, 3}, {10}) == Rows{{{0, 0, 10}}, {{2, 0, 3}}});
  CHECK(pack({25, 0, 3}, {10, PackingStrategy::best_fit_split}) ==
        Rows{{{0, 0, 10}}, {{0, 10, 10}}, {{0, 20, 5}, {2, 0, 3}}});
  CHECK(pack({25, 0, 3}, {10, PackingStrategy::wrapped}) == Rows{{{0, 0, 10}}, {{0, 10, 10}}, {{0, 20, 5}, {2, 0, 3}}});
  CHECK(pack({7, 7}, {10, PackingStrategy::wrapped}) == Rows{{{0, 0, 7}, {1, 0, 3}}, {{1, 3, 4}}});
}

TEST_CASE("fill is the fraction of positions with a token") {
  Packer packer({10}, [](std::span<const PackedPiece>) {});
  CHECK(packer.fill() == 0);
  for (const std::int64_t length : {6, 6, 3}) packer.add(length);
  packer.finish();
  CHECK(packer.num_rows() == 2);
  CHECK(packer.fill() == doctest::Approx(15.0 / 20.0));
}

TEST_CASE("no samples give no rows, and invalid sizes are errors") {
  CHECK(pack({}, {10}).empty());
  CHECK(pack({0, 0}, {10}).empty());
  const auto ignore = [](std::span<const PackedPiece>) {};
  CHECK_THROWS_WITH_AS(Packer({0}, ignore), doctest::Contains("rows of 0 tokens"), Error);
  CHECK_THROWS_WITH_AS(Packer({10, PackingStrategy::best_fit, -1}, ignore), doctest::Contains("-1 samples at a time"),
                       Error);
}
