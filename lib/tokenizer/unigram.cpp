// See unigram.hpp.
#include "tokenizer/unigram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace {

constexpr double kUnknownPenalty = 10;  // below the minimum score: SentencePiece's kUnkPenalty

}  // namespace

UnigramModel::UnigramModel(UnigramDefinition definition) : definition_(std::move(definition)) {
  const auto& vocabulary = definition_.vocabulary;
  std::vector<std::int32_t> ids(vocabulary.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::sort(ids.begin(), ids.end(), [&](std::int32_t left, std::int32_t right) {
    const std::string& left_token = vocabulary[static_cast<std::size_t>(left)].token;
    const std::string& right_token = vocabulary[static_cast<std::size_t>(right)].token;
    return left_token != right_token ? left_token < right_token : left < right;
  });
  build_trie(ids);
  double least = std::numeric_limits<double>::infinity();
  for (const auto& entry : vocabulary) least = std::min(least, entry.score);
  unknown_score_ = least - kUnknownPenalty;
  byte_ids_.fill(-1);
  for (int byte = 0; byte < 256; ++byte) {
    if (const auto id = id_of(fmt::format("<0x{:02X}>", byte))) byte_ids_[static_cast<std::size_t>(byte)] = *id;
  }
}

/** The trie of the tokens `ids`, sorted. */
void UnigramModel::build_trie(const std::vector<std::int32_t>& ids) {
  struct Pending {
    std::size_t first, last;  // of `ids`: the tokens below this node
    std::size_t depth;        // bytes of their common prefix
  };
  const auto token = [&](std::size_t i) -> const std::string& {
    return definition_.vocabulary[static_cast<std::size_t>(ids[i])].token;
  };
  std::vector<Pending> pending{{0, ids.size(), 0}};  // by node
  for (std::size_t node = 0; node < pending.size(); ++node) {
    auto [first, last, depth] = pending[node];
    nodes_.push_back({-1, static_cast<std::uint32_t>(edges_.size()), 0});
    for (; first < last && token(first).size() == depth; ++first) nodes_[node].id = ids[first];
    while (first < last) {
      std::size_t end = first + 1;
      while (end < last && token(end)[depth] == token(first)[depth]) ++end;
      edges_.push_back({static_cast<unsigned char>(token(first)[depth]), static_cast<std::uint32_t>(pending.size())});
      pending.push_back({first, end, depth + 1});
      first = end;
    }
    nodes_[node].end_edge = static_cast<std::uint32_t>(edges_.size());
  }
}

std::optional<std::uint32_t> UnigramModel::child(std::uint32_t node, unsigned char byte) const {
  const auto first = edges_.begin() + nodes_[node].first_edge;
  const auto last = edges_.begin() + nodes_[node].end_edge;
  const auto found =
      std::lower_bound(first, last, byte, [](const Edge& edge, unsigned char wanted) { return edge.byte < wanted; });
  if (found == last || found->byte != byte) return std::nullopt;
  return found->node;
}

std::optional<std::int32_t> UnigramModel::id_of(std::string_view token) const {
  std::uint32_t node = 0;
  for (const char byte : token) {
    const auto next = child(node, static_cast<unsigned char>(byte));
    if (!next) return std::nullopt;
    node = *next;
  }
  if (nodes_[node].id < 0) return std::nullopt;
  return nodes_[node].id;
}

std::int32_t UnigramModel::require_unknown() const {
  if (definition_.unknown_id) return *definition_.unknown_id;
  throw Error(Kind::input, "the text has a character that the Unigram vocabulary lacks, and there is no unknown token");
}

/** Viterbi, forward: for each byte the best segmentation that ends there; of equal scores the first found, as in
     tokenizers. */
std::vector<UnigramModel::Step> UnigramModel::best_steps(std::string_view piece) const {
  std::vector<Step> steps(piece.size() + 1);
  const auto offer = [&](std::size_t begin, std::size_t end, std::int32_t id, double score) {
    const double total = score + steps[begin].score;
    const bool is_better = steps[end].begin == kNowhere || total > steps[end].score;
    if (is_better) steps[end] = {total, begin, id};
    return is_better;
  };
  for (std::size_t begin = 0; begin < piece.size();) {
    const std::size_t length = character_bytes(piece, begin);
    bool is_known = false;
    std::optional<std::uint32_t> node = 0;
    for (std::size_t end = begin + 1; end <= piece.size(); ++end) {
      node = child(*node, static_cast<unsigned char>(piece[end - 1]));
      if (!node) break;
      const std::int32_t id = nodes_[*node].id;
      if (id < 0) continue;
      offer(begin, end, id, definition_.vocabulary[static_cast<std::size_t>(id)].score);
      is_known = is_known || end - begin == length;
    }
    if (!is_known && offer(begin, begin + length, definition_.unknown_id.value_or(-1), unknown_score_))
      require_unknown();
    begin += length;
  }
  return steps;
}

void UnigramModel::append_stretch(std::string_view piece, ByteRange bytes, std::vector<PieceToken>& out) const {
  const std::string_view stretch = piece.substr(bytes.begin, bytes.end - bytes.begin);
  if (const auto id = id_of(stretch)) {
    out.push_back({*id, bytes});
    return;
  }
  const auto byte_id = [&](char byte) { return byte_ids_[static_cast<unsigned char>(byte)]; };
  const bool has_bytes = definition_.falls_back_to_bytes &&
                         std::all_of(stretch.begin(), stretch.end(), [&](char byte) { return byte_id(byte) >= 0; });
  if (!has_bytes) {
    out.push_back({require_unknown(), bytes});
    return;
  }
  for (const char byte : stretch) out.push_back({byte_id(byte), bytes});
}

void UnigramModel::encode(std::string_view piece, std::vector<PieceToken>& out) const {
  const std::vector<Step> steps = best_steps(piece);
  std::vector<ByteRange> stretches;  // from the last to the first
  bool was_unknown = false;
  for (std::size_t end = piece.size(); end > 0;) {
    const Step& step = steps[end];
    const bool is_unknown = step.id == definition_.unknown_id;
    if (is_unknown && was_unknown)
      stretches.back().begin = step.begin;  // adjacent unknowns are one
    else
      stretches.push_back({step.begin, end});
    was_unknown = is_unknown;
    end = step.begin;
  }
  for (auto stretch = stretches.rbegin(); stretch != stretches.rend(); ++stretch) append_stretch(piece, *stretch, out);
}

}  // namespace intelia
