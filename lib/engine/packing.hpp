// Samples → rows of max_length tokens with as little room left over as can be, so that a batch holds no padding.
// Knows lengths alone: which tokens lie where is the caller's. Memory is bounded by the window, not by the dataset.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace intelia {

enum class PackingStrategy {
  best_fit,        // whole samples; one longer than max_length loses its tail, as it does unpacked
  best_fit_split,  // a longer sample goes on in further pieces, which may lie in other rows
  wrapped,         // samples end to end, cut wherever a row ends
};

struct PackingOptions {
  std::int64_t max_length = 2048;  // tokens of a row
  PackingStrategy strategy = PackingStrategy::best_fit;
  std::int64_t window = 0;  // samples that are packed together, in the order they come; 0: all of them
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
 * fullest row that still holds it, of equally full rows into the one that became so first. The rows are those of TRL's
 * pack_dataset with strategies bfd, bfd_split and wrapped on batches of `window` samples. Samples of length 0 lie in
 * none.
 */
class Packer {
 public:
  /** `take` gets each row's pieces in their order; they are valid until it returns. */
  using TakeRow = std::function<void(std::span<const PackedPiece>)>;

  /** Throws Error{usage} when max_length is outside 1 … 2^30 or window is negative. */
  Packer(PackingOptions options, TakeRow take);

  /** The next sample, of `length` tokens. */
  void add(std::int64_t length);
  /** Packs what is left of the last window. */
  void finish();

  std::int64_t num_rows() const { return num_rows_; }
  std::int64_t num_tokens() const { return num_tokens_; }
  /** Tokens by places in rows: 1 leaves none empty. */
  double fill() const;

 private:
  void collect_pieces(std::int64_t sample, std::int64_t length);
  void pack_window();
  void pack_best_fit();
  void pack_wrapped();
  void emit(std::span<const PackedPiece> row);

  PackingOptions options_;
  TakeRow take_;
  std::vector<PackedPiece> pieces_;  // of the window, in order of the samples
  std::int64_t num_added_ = 0;
  std::int64_t num_in_window_ = 0;
  std::int64_t num_rows_ = 0;
  std::int64_t num_tokens_ = 0;
};

}  // namespace intelia
