// See character_bpe.hpp.
#include "tokenizer/character_bpe.hpp"

#include <fmt/format.h>

#include "text/utf8.hpp"

namespace intelia {

CharacterBpe::CharacterBpe(CharacterBpeDefinition definition, MergeTable merges)
    : definition_(std::move(definition)), merges_(std::move(merges)) {}

/** The byte tokens of a character; nothing when one of them is missing. */
std::optional<std::vector<Symbol>> CharacterBpe::bytes_of(std::string_view character) const {
  std::vector<Symbol> symbols;
  for (const char byte : character) {
    const auto id = definition_.id_of(fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte)));
    if (!id) return std::nullopt;
    symbols.push_back({*id, 1});
  }
  return symbols;
}

std::vector<Symbol> CharacterBpe::symbols_of(std::string_view word) const {
  std::vector<Symbol> symbols;
  std::optional<Symbol> unknown;  // appended only before the next known character, as in tokenizers: after byte tokens
  const auto flush = [&] {
    if (unknown) symbols.push_back(*unknown);
    unknown.reset();
  };
  for (std::size_t i = 0; i < word.size();) {
    const std::size_t length = character_bytes(word, i);
    const auto num_bytes = static_cast<std::uint32_t>(length);
    std::string part = i > 0 ? definition_.continuing_prefix : std::string();
    part += word.substr(i, length);
    i += length;
    if (i == word.size()) part += definition_.end_suffix;
    if (const auto id = definition_.id_of(part)) {
      flush();
      symbols.push_back({*id, num_bytes});
      continue;
    }
    const auto bytes = definition_.falls_back_to_bytes ? bytes_of(part) : std::nullopt;
    if (bytes) {
      symbols.insert(symbols.end(), bytes->begin(), bytes->end());
    } else if (!definition_.unknown_id) {
      if (!symbols.empty()) symbols.back().num_bytes += num_bytes;
    } else if (unknown && definition_.fuses_unknown) {
      unknown->num_bytes += num_bytes;
    } else {
      flush();
      unknown = Symbol{*definition_.unknown_id, num_bytes};
    }
  }
  flush();
  return symbols;
}

std::vector<Symbol> CharacterBpe::encode(std::string_view word) const {
  if (definition_.ignores_merges) {
    if (const auto id = definition_.id_of(std::string(word))) return {{*id, static_cast<std::uint32_t>(word.size())}};
  }
  std::vector<Symbol> symbols = symbols_of(word);
  merges_.apply(symbols);
  return symbols;
}

}  // namespace intelia
