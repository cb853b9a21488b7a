// The BPE model on words and texts against the definition: symbols merged one by one.
#include "tokenizer/bpe_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/random.hpp"

namespace {

using namespace intelia;
using Ids = std::vector<std::int32_t>;

constexpr const char* kPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

/**
 * All bytes, and pairs of tokens over `letters`: not only those that training creates. Tokens of equal bytes are one
 * token.
 */
BpeDefinition random_definition(Random& random, std::string_view letters, int num_merges) {
  BpeDefinition definition;
  definition.is_byte_level = true;
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) {
    tokens.push_back(std::string(1, static_cast<char>(byte)));
    definition.byte_ids[static_cast<std::size_t>(byte)] = byte;
  }
  std::vector<std::int32_t> usable;
  for (const char letter : letters) usable.push_back(static_cast<unsigned char>(letter));
  for (std::int32_t i = 0; i < num_merges; ++i) {
    const std::int32_t left = usable[random.below(usable.size())], right = usable[random.below(usable.size())];
    const std::string merged = tokens[static_cast<std::size_t>(left)] + tokens[static_cast<std::size_t>(right)];
    if (merged.size() > 60 || std::ranges::find(tokens, merged) != tokens.end()) continue;
    const auto id = static_cast<std::int32_t>(tokens.size());
    tokens.push_back(merged);
    usable.push_back(id);
    definition.merges.push_back({left, right, id, static_cast<std::uint32_t>(num_merges - i)});  // later ones first
  }
  for (std::size_t id = 0; id < tokens.size(); ++id) definition.ids[tokens[id]] = static_cast<std::int32_t>(id);
  return definition;
}

Ids by_definition(const BpeDefinition& definition, std::string_view word) {
  if (definition.ignores_merges) {
    if (const auto whole = definition.ids.find(word); whole != definition.ids.end()) return {whole->second};
  }
  MergeTable table;
  table.reserve(definition.merges.size());
  for (const BpeMerge& merge : definition.merges) table.insert(merge.left, merge.right, merge.rank, merge.merged);
  std::vector<Symbol> symbols;
  for (const char byte : word) symbols.push_back({definition.byte_ids[static_cast<unsigned char>(byte)], 1});
  table.apply_by_queue(symbols);
  Ids ids;
  for (const Symbol& symbol : symbols) ids.push_back(symbol.id);
  return ids;
}

Ids ids_of(std::span<const Symbol> symbols) {
  Ids ids;
  for (const Symbol& symbol : symbols) ids.push_back(symbol.id);
  return ids;
}

TEST_CASE("repetitive words, with other bytes before, between and after") {
  Random random(4);
  for (int i = 0; i < 120; ++i) {
    const std::string letters = std::string("abcd").substr(0, 1 + random.below(4));
    const BpeDefinition definition = random_definition(random, letters, 4 + static_cast<int>(random.below(40)));
    const BpeModel model(definition);
    BpeScratch scratch;
    std::string word;
    const auto add_any = [&](std::size_t count) {
      for (std::size_t k = 0; k < count; ++k) word += letters[random.below(letters.size())];
    };
    for (std::uint64_t stretch = 0, count = 1 + random.below(2); stretch < count; ++stretch) {
      add_any(random.below(70));
      const std::size_t first = word.size();
      add_any(1 + random.below(16));
      const std::size_t period = word.size() - first;
      for (std::size_t size = 4100 + random.below(3000), k = 0; k < size; ++k) word += word[word.size() - period];
      add_any(random.below(70));
    }
    CHECK(ids_of(model.encode_word(word, scratch)) == by_definition(definition, word));
  }
}

TEST_CASE("a text's ids are those of its words, in a cache that is empty, warm, growing or full") {
  Random random(5);
  for (const bool ignores_merges : {false, true}) {
    BpeDefinition definition = random_definition(random, "abcde ", 80);
    definition.ignores_merges = ignores_merges;
    const BpeModel model(definition);
    CHECK(model.has_fixed_lengths());
    const TextSplitter splitter(*known_style(kPattern));
    BpeScratch scratch;
    for (int i = 0; i < 300; ++i) {
      std::string text;
      Ids expected;
      std::size_t begin = 0;
      const auto end_word = [&] {
        const Ids ids = by_definition(definition, std::string_view(text).substr(begin));
        expected.insert(expected.end(), ids.begin(), ids.end());
        begin = text.size();
      };
      for (std::uint64_t k = 0, count = random.below(60); k < count; ++k) {
        // A blank and letters: one word of the pattern, from 2 bytes to more than a key and, rarely, the cache can
        // store.
        text += ' ';
        const std::uint64_t size = 1 + random.below(k % 16 == 0 ? 300 : 18);
        for (std::uint64_t letter = 0; letter < size; ++letter) text += "abcde"[random.below(5)];
        end_word();
      }
      Ids ids;
      model.encode_text(splitter, text, scratch, ids);
      CHECK(ids == expected);
      std::size_t num_bytes = 0;
      for (const std::int32_t id : ids) num_bytes += model.bytes_of(id);
      CHECK(num_bytes == text.size());
    }
  }
}

}  // namespace
