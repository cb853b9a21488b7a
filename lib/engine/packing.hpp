// Packs samples into rows of max_length tokens that leave as little space as possible, so that a batch has no padding.
// Knows lengths only; the caller places the tokens. Memory is bounded by the chunk, not by the dataset.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace intelia {

enum class PackingStrategy {
  best_fit,        // whole samples; one longer than max_length is truncated, as it is unpacked
  best_fit_split,  // a longer sample is split into pieces, which may be in different rows
  wrapped,         // samples end to end, split wherever a row ends
};

struct PackingOptions {
  std::int64_t max_length = 2048;  // tokens per row
  PackingStrategy strategy = PackingStrategy::best_fit;
  std::int64_t chunk = 0;  // consecutive samples that are packed together; 0: all of them
};

/** Tokens [begin, begin + length) of a sample. */
struct PackedPiece {
  std::int64_t sample = 0;
  std::int64_t begin = 0;
  std::int64_t length = 0;
  bool operator==(const PackedPiece&) const = default;
};

/**
 * Best-fit decreasing (Johnson 1973; Ding et al. 2024, arXiv:2404.10830): the longest sample first, each into the
 * fullest row that still has space for it, ties going to the row that became so first. The rows are those of TRL's
 * pack_dataset with strategies bfd, bfd_split and wrapped on batches of `chunk` samples. Samples of length 0 are in
 * no row.
 */
class Packer {
 public:
  /** Receives the pieces of one row in order; they are valid until it returns. */
  using TakeRow = std::function<void(std::span<const PackedPiece>)>;

  /** Throws Error{usage} when max_length is outside 1 … 2^30 or chunk is negative. */
  Packer(PackingOptions options, TakeRow take);

  /** The next sample, of `length` tokens. */
  void add(std::int64_t length);
  /** Packs the rest of the last chunk. */
  void finish();

  std::int64_t num_rows() const { return num_rows_; }
  std::int64_t num_tokens() const { return num_tokens_; }
  /** Share of the rows' positions that hold a token, at most 1. */
  double fill() const;

 private:
  void collect_pieces(std::int64_t sample, std::int64_t length);
  void pack_chunk();
  void pack_best_fit();
  void pack_wrapped();
  void emit(std::span<const PackedPiece> row);

  PackingOptions options_;
  TakeRow take_;
  std::vector<PackedPiece> pieces_;  // of the chunk, in order of the samples
  std::int64_t num_added_ = 0;
  std::int64_t num_in_chunk_ = 0;
  std::int64_t num_rows_ = 0;
  std::int64_t num_tokens_ = 0;
};

}  // namespace intelia
