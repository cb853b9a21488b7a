// See charsmap.hpp.
#include "tokenizer/charsmap.hpp"

#include <algorithm>
#include <array>

#include "base/base64.hpp"
#include "base/error.hpp"
#include "record/json_fwd.hpp"
#include "text/unicode.hpp"
#include "text/utf8.hpp"

namespace intelia {

std::uint32_t little_endian_at(std::string_view bytes, std::size_t position) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[position + i]);
  return value;
}

namespace {

// One unit of a double array: https://github.com/s-yata/darts-clone/blob/master/include/darts.h
bool has_leaf(std::uint32_t unit) { return (unit >> 8 & 1) == 1; }
std::uint32_t value_of(std::uint32_t unit) { return unit & 0x7FFFFFFF; }
std::uint32_t label_of(std::uint32_t unit) { return unit & 0x800000FF; }
std::uint32_t offset_of(std::uint32_t unit) { return (unit >> 10) << ((unit & 1U << 9) >> 6); }

}  // namespace

CharacterMap::CharacterMap(std::string_view base64) {
  const auto decoded = decode_base64(base64);
  if (!decoded) throw Error(Kind::input, "precompiled_charsmap is not base64");
  const std::string& bytes = *decoded;
  const std::size_t trie_bytes = bytes.size() < 4 ? 0 : little_endian_at(bytes, 0);
  if (trie_bytes < 4 || trie_bytes > bytes.size() - 4) throw Error(Kind::input, "precompiled_charsmap has no trie");
  trie_.resize(trie_bytes / 4);
  for (std::size_t i = 0; i < trie_.size(); ++i) trie_[i] = little_endian_at(bytes, 4 + 4 * i);
  replacements_ = bytes.substr(4 + 4 * trie_.size());
  if (!is_valid_utf8(replacements_))
    throw Error(Kind::input, "precompiled_charsmap has replacements that are not UTF-8");
}

std::optional<std::string_view> CharacterMap::replacement_of(std::string_view piece) const {
  std::size_t node = offset_of(trie_[0]);
  for (const char byte : piece) {
    const auto label = static_cast<unsigned char>(byte);
    node ^= label;
    if (label == 0 || node >= trie_.size() || label_of(trie_[node]) != label) return std::nullopt;
    const std::uint32_t unit = trie_[node];
    node ^= offset_of(unit);
    if (!has_leaf(unit)) continue;
    if (node >= trie_.size()) return std::nullopt;
    const std::size_t begin = value_of(trie_[node]);
    if (begin > replacements_.size()) return std::nullopt;
    const std::string_view rest = std::string_view(replacements_).substr(begin);
    return rest.substr(0, std::min(rest.find('\0'), rest.size()));
  }
  return std::nullopt;
}

void CharacterMap::append_replaced(std::string_view piece, std::vector<NewCharacter>& out, bool& is_changed) const {
  const auto replacement = replacement_of(piece);
  if (!replacement) {
    std::size_t length = 1;
    out.push_back({code_point_at(piece, 0, length), 0});
    return;
  }
  is_changed = true;
  const std::size_t first = out.size();
  for (std::size_t i = 0; i < replacement->size();) {
    std::size_t length = 1;
    out.push_back({code_point_at(*replacement, i, length), 0});
    i += length;
  }
  const std::size_t num_old = count_code_points(piece);
  const std::size_t num_new = out.size() - first;
  if (num_new < num_old && !out.empty()) out.back().change -= static_cast<std::ptrdiff_t>(num_old - num_new);
  for (std::size_t i = num_old; i < num_new; ++i) out[first + i].change = 1;
}

void CharacterMap::apply(AlignedText& text) const {
  const std::string& old = text.text();
  std::vector<NewCharacter> characters;
  bool is_changed = false;
  std::size_t begin = 0;
  for (const std::size_t end : grapheme_ends(old)) {
    const std::string_view grapheme = std::string_view(old).substr(begin, end - begin);
    begin = end;
    constexpr std::size_t kMaxWholeBytes = 5;  // longer ones are looked up character by character
    if (grapheme.size() <= kMaxWholeBytes && replacement_of(grapheme)) {
      append_replaced(grapheme, characters, is_changed);
      continue;
    }
    for (std::size_t i = 0; i < grapheme.size();) {
      const std::size_t length = character_bytes(grapheme, i);
      append_replaced(grapheme.substr(i, length), characters, is_changed);
      i += length;
    }
  }
  if (is_changed) text.transform(characters);
}

}  // namespace intelia
