// See added_tokens.hpp.
#include "tokenizer/added_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <queue>

#include "base/error.hpp"
#include "base/excerpt.hpp"
#include "text/unicode.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace {

std::size_t character_before(std::string_view text, std::size_t end) {
  std::size_t begin = end - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  return begin;
}

char32_t character_at(std::string_view text, std::size_t position) {
  std::size_t length = 1;
  return code_point_at(text, position, length);
}

std::size_t blanks_before(std::string_view text, std::size_t end, std::size_t floor) {
  while (end > floor) {
    const std::size_t begin = character_before(text, end);
    if (!is_white_space(character_at(text, begin))) break;
    end = begin;
  }
  return end;
}

std::size_t blanks_after(std::string_view text, std::size_t begin) {
  while (begin < text.size() && is_white_space(character_at(text, begin))) begin += character_bytes(text, begin);
  return begin;
}

bool touches_word(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin > 0 && is_word(character_at(text, character_before(text, begin)))) ||
         (end < text.size() && is_word(character_at(text, end)));
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  constexpr std::size_t kMaxContentBytes = 512;
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  std::stable_sort(tokens_.begin(), tokens_.end(),
                   [](const AddedToken& left, const AddedToken& right) { return left.content < right.content; });
  for (const AddedToken& token : tokens_) {
    if (token.content.size() > kMaxContentBytes) {
      throw Error(Kind::input, fmt::format("added_tokens: '{}' has {} bytes, more than {}", excerpt(token.content),
                                           token.content.size(), kMaxContentBytes));
    }
    has_plain_tokens_ = has_plain_tokens_ || !token.is_special;
  }
  build_tree();
}

void AddedTokenFinder::build_tree() {
  struct Branch {
    std::uint32_t node, begin, end;  // tokens with the same first `depth` bytes
    std::size_t depth;
  };
  nodes_.emplace_back();
  std::queue<Branch> branches({{0, 0, static_cast<std::uint32_t>(tokens_.size()), 0}});
  for (; !branches.empty(); branches.pop()) {
    auto [node, begin, end, depth] = branches.front();
    nodes_[node].first_token = begin;
    while (begin < end && tokens_[begin].content.size() == depth) ++begin;
    nodes_[node].end_token = begin;
    nodes_[node].first_edge = static_cast<std::uint32_t>(edges_.size());
    while (begin < end) {
      const char byte = tokens_[begin].content[depth];
      std::uint32_t same = begin + 1;
      while (same < end && tokens_[same].content[depth] == byte) ++same;
      const auto below = static_cast<std::uint32_t>(nodes_.size());
      edges_.push_back({static_cast<unsigned char>(byte), below});
      nodes_.emplace_back();
      branches.push({below, begin, same, depth + 1});
      begin = same;
    }
    nodes_[node].end_edge = static_cast<std::uint32_t>(edges_.size());
  }
  for (std::uint32_t i = 0; i < nodes_[0].end_edge; ++i) {
    node_of_first_byte_[edges_[i].byte] = edges_[i].node;
    first_bytes_ += static_cast<char>(edges_[i].byte);
  }
}

std::uint32_t AddedTokenFinder::child(const Node& node, char byte) const {
  const auto end = edges_.begin() + node.end_edge;
  const auto found = std::lower_bound(edges_.begin() + node.first_edge, end, static_cast<unsigned char>(byte),
                                      [](const Edge& edge, unsigned char wanted) { return edge.byte < wanted; });
  return found != end && found->byte == static_cast<unsigned char>(byte) ? found->node : 0;
}

const AddedToken* AddedTokenFinder::longest_at(std::string_view text, std::size_t position,
                                               std::size_t special_end) const {
  const AddedToken* longest = nullptr;
  std::uint32_t place = node_of_first_byte_[static_cast<unsigned char>(text[position])];
  for (std::size_t end = position + 1; place != 0; ++end) {
    const Node& node = nodes_[place];
    const auto first = tokens_.begin() + node.first_token, last = tokens_.begin() + node.end_token;
    const auto found =
        std::find_if(first, last, [&](const AddedToken& token) { return !token.is_special || end <= special_end; });
    if (found != last) longest = &*found;
    if (end == text.size()) break;
    place = child(node, text[end]);
  }
  return longest;
}

std::size_t AddedTokenFinder::next_first_byte(std::string_view text, std::size_t position) const {
  if (first_bytes_.size() == 1) return std::min(text.find(first_bytes_.front(), position), text.size());
  while (position < text.size() && node_of_first_byte_[static_cast<unsigned char>(text[position])] == 0) ++position;
  return position;
}

std::vector<Segment> AddedTokenFinder::split(std::string_view text, bool parse_special,
                                             std::span<const ByteRange> plain_ranges) const {
  std::vector<Segment> segments;
  for_each_segment(text, parse_special, plain_ranges, [&](const Segment& segment) { segments.push_back(segment); });
  return segments;
}

void AddedTokenFinder::for_each_segment(std::string_view text, bool parse_special,
                                        std::span<const ByteRange> plain_ranges,
                                        const std::function<void(const Segment&)>& take) const {
  std::size_t done = 0;
  const bool may_find = !tokens_.empty() && (parse_special || has_plain_tokens_);
  const auto next = [&](std::size_t from) { return may_find ? next_first_byte(text, from) : text.size(); };
  auto plain = plain_ranges.begin();  // the first that ends behind `position`
  ByteRange blanks;                   // the last white space that was read
  const auto end_of_blanks = [&](std::size_t begin) {
    if (begin < blanks.begin || begin >= blanks.end) blanks = {begin, blanks_after(text, begin)};
    return blanks.end;
  };
  for (std::size_t position = next(0); position < text.size(); position = next(position)) {
    while (plain != plain_ranges.end() && plain->end <= position) ++plain;
    // Text that a user typed does not hide a control token that crosses its boundary.
    const std::size_t special_end = plain == plain_ranges.end() ? text.size() : plain->begin;
    const AddedToken* found = longest_at(text, position, special_end);
    if (found == nullptr) {
      ++position;
      continue;
    }
    std::size_t begin = position;
    std::size_t end = position + found->content.size();
    position = end;
    const bool counts =
        (!found->is_special || parse_special) && !(found->is_single_word && touches_word(text, begin, end));
    if (!counts) continue;
    if (found->strips_left) begin = std::max(blanks_before(text, begin, done), done);
    if (found->strips_right) end = end_of_blanks(end);
    // White space that the token before has taken is no token of its own: tokenizers drops the empty piece.
    if (begin >= end) continue;
    if (begin > done) take({{done, begin}, -1});
    take({{begin, end}, found->id});
    done = end;
  }
  if (done < text.size()) take({{done, text.size()}, -1});
}

}  // namespace intelia
