// See packing.hpp. Lengths are small integers, so neither step of best-fit decreasing needs a comparison sort or a
// tree: a counting sort orders samples by length, and a bitset of the space left in open rows finds the smallest
// sufficient one in a few word operations.
#include "engine/packing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/error.hpp"

namespace intelia {

namespace {

/** A set of numbers from 0 to a limit, a 64-ary tree of bits: finds its smallest member above a bound in one word per
   level. */
class NumberSet {
 public:
  explicit NumberSet(std::size_t limit) {
    std::size_t num_words = limit / 64 + 1;
    levels_.emplace_back(num_words);
    while (num_words > 1) {
      num_words = (num_words + 63) / 64;
      levels_.emplace_back(num_words);
    }
  }

  void insert(std::size_t number) {
    for (auto& level : levels_) {
      const std::uint64_t before = level[number / 64];
      level[number / 64] |= std::uint64_t{1} << number % 64;
      if (before != 0) return;
      number /= 64;
    }
  }

  void erase(std::size_t number) {
    for (auto& level : levels_) {
      level[number / 64] &= ~(std::uint64_t{1} << number % 64);
      if (level[number / 64] != 0) return;
      number /= 64;
    }
  }

  /** The smallest member that is at least `bound`; there must be one. */
  std::size_t first_from(std::size_t bound) const {
    std::size_t height = 0;
    std::uint64_t word = levels_[0][bound / 64] & ~std::uint64_t{0} << bound % 64;
    std::size_t index = bound / 64;
    while (word == 0) {
      // Nothing more in this word: look behind it, one level up.
      ++height;
      const std::size_t next = index + 1;
      index = next / 64;
      word = index < levels_[height].size() ? levels_[height][index] & ~std::uint64_t{0} << next % 64 : 0;
    }
    std::size_t number = index * 64 + static_cast<std::size_t>(std::countr_zero(word));
    while (height-- > 0) number = number * 64 + static_cast<std::size_t>(std::countr_zero(levels_[height][number]));
    return number;
  }

 private:
  std::vector<std::vector<std::uint64_t>> levels_;
};

constexpr std::uint32_t kNone = ~std::uint32_t{0};

/** Rows with the same space left, oldest first. */
struct Queue {
  std::uint32_t first = kNone;
  std::uint32_t last = kNone;
};

/** Open rows by the space left in them. */
class OpenRows {
 public:
  explicit OpenRows(std::size_t max_length) : max_length_(max_length), spaces_(max_length), queues_(max_length + 1) {
    spaces_.insert(max_length);  // a new row, which there always is
  }

  /** Puts `length` tokens into the best row and returns its number; a new row gets the next number. */
  std::uint32_t place(std::size_t length) {
    const std::size_t space = spaces_.first_from(length);
    const std::uint32_t row = space == max_length_ ? open() : take(space);
    if (space > length) put(space - length, row);
    return row;
  }

  std::size_t size() const { return next_.size(); }

 private:
  std::uint32_t open() {
    next_.push_back(kNone);
    return static_cast<std::uint32_t>(next_.size() - 1);
  }

  std::uint32_t take(std::size_t space) {
    Queue& queue = queues_[space];
    const std::uint32_t row = queue.first;
    queue.first = next_[row];
    if (queue.first == kNone) spaces_.erase(space);
    return row;
  }

  void put(std::size_t space, std::uint32_t row) {
    Queue& queue = queues_[space];
    next_[row] = kNone;
    if (queue.first == kNone) {
      queue.first = row;
      spaces_.insert(space);
    } else {
      next_[queue.last] = row;
    }
    queue.last = row;
  }

  std::size_t max_length_;
  NumberSet spaces_;
  std::vector<Queue> queues_;        // by space
  std::vector<std::uint32_t> next_;  // by row: the next one in its queue
};

/** Indices of `pieces`, longest first; a stable counting sort. */
std::vector<std::uint32_t> longest_first(const std::vector<PackedPiece>& pieces, std::size_t max_length) {
  std::vector<std::uint32_t> offsets(max_length + 2);
  for (const PackedPiece& piece : pieces) ++offsets[max_length - static_cast<std::size_t>(piece.length) + 1];
  for (std::size_t i = 1; i < offsets.size(); ++i) offsets[i] += offsets[i - 1];
  std::vector<std::uint32_t> order(pieces.size());
  for (std::uint32_t i = 0; i < pieces.size(); ++i)
    order[offsets[max_length - static_cast<std::size_t>(pieces[i].length)]++] = i;
  return order;
}

}  // namespace

Packer::Packer(PackingOptions options, TakeRow take) : options_(options), take_(std::move(take)) {
  if (options.max_length < 1 || options.max_length > 1 << 30)
    throw Error(Kind::usage, fmt::format("rows of {} tokens cannot be packed; expected 1 to 2^30", options.max_length));
  if (options.chunk < 0)
    throw Error(Kind::usage,
                fmt::format("{} samples at a time cannot be packed; expected 0 (all) or more", options.chunk));
}

void Packer::add(std::int64_t length) {
  collect_pieces(num_added_++, length);
  if (++num_in_chunk_ == options_.chunk) pack_chunk();
}

void Packer::finish() { pack_chunk(); }

double Packer::fill() const {
  return num_rows_ == 0 ? 0
                        : static_cast<double>(num_tokens_) /
                              (static_cast<double>(num_rows_) * static_cast<double>(options_.max_length));
}

void Packer::collect_pieces(std::int64_t sample, std::int64_t length) {
  if (options_.strategy == PackingStrategy::best_fit) length = std::min(length, options_.max_length);
  if (options_.strategy == PackingStrategy::wrapped) {
    if (length > 0) pieces_.push_back({sample, 0, length});
    return;
  }
  for (std::int64_t begin = 0; begin < length; begin += options_.max_length)
    pieces_.push_back({sample, begin, std::min(options_.max_length, length - begin)});
}

void Packer::pack_chunk() {
  if (pieces_.size() >= kNone)
    throw Error(Kind::usage, "more than 2^32 pieces cannot be packed together; pack fewer samples at a time");
  if (options_.strategy == PackingStrategy::wrapped)
    pack_wrapped();
  else
    pack_best_fit();
  pieces_.clear();
  num_in_chunk_ = 0;
}

void Packer::pack_best_fit() {
  const auto max_length = static_cast<std::size_t>(options_.max_length);
  const std::vector<std::uint32_t> order = longest_first(pieces_, max_length);
  OpenRows rows(max_length);
  std::vector<std::uint32_t> row_of(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    row_of[i] = rows.place(static_cast<std::size_t>(pieces_[order[i]].length));

  std::vector<std::uint32_t> ends(rows.size() + 1);
  for (const std::uint32_t row : row_of) ++ends[row + 1];
  for (std::size_t row = 1; row < ends.size(); ++row) ends[row] += ends[row - 1];
  std::vector<PackedPiece> by_row(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) by_row[ends[row_of[i]]++] = pieces_[order[i]];
  std::size_t begin = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    emit(std::span(by_row).subspan(begin, ends[row] - begin));
    begin = ends[row];
  }
}

void Packer::pack_wrapped() {
  std::vector<PackedPiece> row;
  std::int64_t space = options_.max_length;
  for (const PackedPiece& whole : pieces_) {
    for (std::int64_t begin = 0; begin < whole.length;) {
      const std::int64_t length = std::min(space, whole.length - begin);
      row.push_back({whole.sample, begin, length});
      begin += length;
      space -= length;
      if (space > 0) continue;
      emit(row);
      row.clear();
      space = options_.max_length;
    }
  }
  if (!row.empty()) emit(row);
}

void Packer::emit(std::span<const PackedPiece> row) {
  ++num_rows_;
  for (const PackedPiece& piece : row) num_tokens_ += piece.length;
  take_(row);
}

}  // namespace intelia
