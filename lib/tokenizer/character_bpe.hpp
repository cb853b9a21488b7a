// BPE of words by characters with affixes (GPT-1's "</w>", "##" of continuing parts), or with tokens for only some
// bytes: the cases that the plain word encoder does not support. Follows tokenizers' merge_word step by step. Private
// to lib/tokenizer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/byte_pair.hpp"

namespace intelia {

struct CharacterBpeDefinition {
  std::function<std::optional<std::int32_t>(const std::string&)> id_of;  // of a token of the vocabulary
  std::string continuing_prefix;  // before every character of a word except its first
  std::string end_suffix;         // after the last character of a word
  std::optional<std::int32_t> unknown_id;
  bool ignores_merges = false;
  bool falls_back_to_bytes = false;  // only without affixes
  bool fuses_unknown = false;
};

class CharacterBpe {
 public:
  CharacterBpe(CharacterBpeDefinition definition, MergeTable merges);

  /** The tokens of `word` (valid UTF-8). The bytes of a dropped character count to the token before it. */
  std::vector<Symbol> encode(std::string_view word) const;

 private:
  std::vector<Symbol> symbols_of(std::string_view word) const;
  std::optional<std::vector<Symbol>> bytes_of(std::string_view character) const;

  CharacterBpeDefinition definition_;
  MergeTable merges_;
};

}  // namespace intelia
