// Packs the lengths on stdin (64-bit whole numbers) for the parity test and the benchmark of packing in Python.
// packing_probe MAX_LENGTH STRATEGY CHUNK rows: one row per line, as JSON [[sample, begin, length], …].
// packing_probe MAX_LENGTH STRATEGY CHUNK time: {"seconds": minimum of 7 runs, "rows": …, "fill": …}.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/packing.hpp"

namespace {

using namespace intelia;

std::vector<std::int64_t> read_lengths() {
  std::vector<std::int64_t> lengths;
  std::int64_t length = 0;
  while (std::fread(&length, sizeof length, 1, stdin) == 1) lengths.push_back(length);
  return lengths;
}

Packer pack(const std::vector<std::int64_t>& lengths, const PackingOptions& options, const Packer::TakeRow& take) {
  Packer packer(options, take);
  for (const std::int64_t length : lengths) packer.add(length);
  packer.finish();
  return packer;
}

void print_row(std::span<const PackedPiece> row) {
  std::string line = "[";
  for (const PackedPiece& piece : row)
    line += fmt::format("{}[{},{},{}]", line.size() > 1 ? "," : "", piece.sample, piece.begin, piece.length);
  fmt::print("{}]\n", line);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const std::string strategy = argv[2];
  const PackingOptions options{std::stoll(argv[1]),
                               strategy == "bfd"         ? PackingStrategy::best_fit
                               : strategy == "bfd_split" ? PackingStrategy::best_fit_split
                                                         : PackingStrategy::wrapped,
                               std::stoll(argv[3])};
  const std::vector<std::int64_t> lengths = read_lengths();
  if (std::string(argv[4]) == "rows") {
    pack(lengths, options, print_row);
    return 0;
  }
  double seconds = std::numeric_limits<double>::infinity();
  std::vector<PackedPiece> kept;
  for (int run = 0; run < 7; ++run) {
    kept.clear();
    const double start = monotonic_seconds();
    const Packer packer = pack(
        lengths, options, [&](std::span<const PackedPiece> row) { kept.insert(kept.end(), row.begin(), row.end()); });
    seconds = std::min(seconds, monotonic_seconds() - start);
    if (run == 6) fmt::print("{{\"seconds\":{},\"rows\":{},\"fill\":{}}}\n", seconds, packer.num_rows(), packer.fill());
  }
}
