// The Unigram model of a tokenizer: the most likely segmentation of a piece into tokens of the vocabulary, by their
// scores. https://arxiv.org/abs/1804.10959. Knows bytes, ids and scores, not files. Private to lib/tokenizer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.hpp"

namespace intelia {

/** The parts of a Unigram model. */
struct UnigramDefinition {
  struct Entry {
    std::string token;
    double score = 0;  // log-probability
  };
  std::vector<Entry> vocabulary;  // by id; of equal tokens the last is used
  std::optional<std::int32_t> unknown_id;
  bool falls_back_to_bytes = false;  // characters without a token become the tokens "<0x0A>" of their bytes
};

/** A token and the bytes of the piece that it covers; byte tokens of one unknown run all cover the whole run. */
struct PieceToken {
  std::int32_t id = 0;
  ByteRange bytes;
};

/** Thread-safe. */
class UnigramModel {
 public:
  explicit UnigramModel(UnigramDefinition definition);

  /** Appends the tokens of `piece` (valid UTF-8). Throws Error{input} for an unknown character when the model has no
     unknown token. */
  void encode(std::string_view piece, std::vector<PieceToken>& out) const;

 private:
  struct Node {
    std::int32_t id = -1;  // of the token that ends here
    std::uint32_t first_edge = 0, end_edge = 0;
  };
  struct Edge {
    unsigned char byte = 0;
    std::uint32_t node = 0;
  };
  /** The best segmentation that ends at one byte. */
  struct Step {
    double score = 0;
    std::size_t begin = kNowhere;
    std::int32_t id = -1;
  };
  static constexpr std::size_t kNowhere = SIZE_MAX;

  void build_trie(const std::vector<std::int32_t>& ids);
  std::optional<std::uint32_t> child(std::uint32_t node, unsigned char byte) const;
  std::optional<std::int32_t> id_of(std::string_view token) const;
  std::vector<Step> best_steps(std::string_view piece) const;
  std::int32_t require_unknown() const;
  void append_stretch(std::string_view piece, ByteRange bytes, std::vector<PieceToken>& out) const;

  UnigramDefinition definition_;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::array<std::int32_t, 256> byte_ids_{};
  double unknown_score_ = 0;
};

}  // namespace intelia
