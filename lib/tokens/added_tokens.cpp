// See added_tokens.hpp.
#include "tokens/added_tokens.hpp"

#include <algorithm>
#include <tuple>

#include "tokens/unicode.hpp"
#include "tokens/utf8.hpp"

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
    if (end == 0) begin = i;
    end = i + 1;
  }
}

std::vector<Segment> AddedTokenFinder::split(std::string_view text, bool parse_special,
                                             std::span<const ByteRange> plain_ranges) const {
  std::vector<Segment> segments;
  std::size_t done = 0;
  for (std::size_t position = 0; position < text.size();) {
    const auto [first, last] = by_first_byte_[static_cast<unsigned char>(text[position])];
    const AddedToken* found = nullptr;
    for (std::size_t i = first; i < last && found == nullptr; ++i) {
      const std::string& content = tokens_[i].content;
      if (text.compare(position, content.size(), content) != 0) continue;
      // What a user typed hides no control token that stands across its border.
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
    if (begin > done) segments.push_back({{done, begin}, -1});
    segments.push_back({{begin, end}, found->id});
    done = end;
  }
  if (done < text.size()) segments.push_back({{done, text.size()}, -1});
  return segments;
}

}  // namespace intelia
