// SentencePiece's precompiled character map, as tokenizers' Precompiled normalizer applies it: a double-array trie of
// UTF-8 sequences and the texts that replace them.
// https://github.com/google/sentencepiece/blob/master/src/normalizer.cc Private to lib/tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/aligned_text.hpp"

namespace intelia {

/** The 32-bit number at `position`, of which four bytes must be there. */
std::uint32_t little_endian_at(std::string_view bytes, std::size_t position);

class CharacterMap {
 public:
  /** Throws Error{input} where `base64` is not a map. */
  explicit CharacterMap(std::string_view base64);

  void apply(AlignedText& text) const;

 private:
  /** What stands for the shortest beginning of `piece` that the map has, which is taken for the whole piece. */
  std::optional<std::string_view> replacement_of(std::string_view piece) const;
  void append_replaced(std::string_view piece, std::vector<NewCharacter>& out, bool& is_changed) const;

  std::vector<std::uint32_t> trie_;
  std::string replacements_;  // each ends in a zero byte
};

}  // namespace intelia
