// See added_tokens.hpp.
#include "tokenizer/added_tokens.hpp"

#include <algorithm>
#include <tuple>

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

bool touches_any(std::span<const ByteRange> ranges, std::size_t begin, std::size_t end) {
  const auto first =
      std::partition_point(ranges.begin(), ranges.end(), [&](const ByteRange& range) { return range.end <= begin; });
  return first != ranges.end() && first->begin < end;
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
  std::stable_sort(tokens_.begin(), tokens_.end(), [](const AddedToken& left, const AddedToken& right) {
    const auto key = [](const AddedToken& token) {
      return std::tuple(static_cast<unsigned char>(token.content[0]),
                        -static_cast<std::ptrdiff_t>(token.content.size()), std::string_view(token.content));
    };
    return key(left) < key(right);
  });
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    auto& [begin, end] = by_first_byte_[static_cast<unsigned char>(tokens_[i].content[0])];
    if (end == 0) {
      begin = i;
      first_bytes_ += tokens_[i].content[0];
    }
    end = i + 1;
    has_plain_tokens_ = has_plain_tokens_ || !tokens_[i].is_special;
  }
}

std::size_t AddedTokenFinder::next_first_byte(std::string_view text, std::size_t position) const {
  if (first_bytes_.size() == 1) return std::min(text.find(first_bytes_.front(), position), text.size());
  while (position < text.size() && by_first_byte_[static_cast<unsigned char>(text[position])].second == 0) ++position;
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
  for (std::size_t position = next(0); position < text.size(); position = next(position)) {
    const auto [first, last] = by_first_byte_[static_cast<unsigned char>(text[position])];
    const AddedToken* found = nullptr;
    for (std::size_t i = first; i < last && found == nullptr; ++i) {
      const std::string& content = tokens_[i].content;
      if (text.compare(position, content.size(), content) != 0) continue;
      // Text that a user typed does not hide a control token that crosses its boundary.
      if (tokens_[i].is_special && touches_any(plain_ranges, position, position + content.size())) continue;
      found = &tokens_[i];
    }
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
    if (found->strips_right) end = blanks_after(text, end);
    // White space that the token before has taken is no token of its own: tokenizers drops the empty piece.
    if (begin >= end) continue;
    if (begin > done) take({{done, begin}, -1});
    take({{begin, end}, found->id});
    done = end;
  }
  if (done < text.size()) take({{done, text.size()}, -1});
}

}  // namespace intelia
