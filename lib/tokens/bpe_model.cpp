// See bpe_model.hpp.
#include "tokens/bpe_model.hpp"

#include <algorithm>
#include <utility>

#include "tokens/utf8.hpp"

namespace intelia {

namespace {

constexpr std::size_t kMaxCachedBytes = 128;

/** Words already encoded, so that "the" is merged once. Direct-mapped: a new word takes the place of an old one. */
class WordCache {
 public:
  const std::vector<Symbol>* find(std::string_view word, std::uint64_t hash) const {
    const Entry& entry = entries_[hash % entries_.size()];
    return entry.word == word && !entry.word.empty() ? &entry.symbols : nullptr;
  }
  void put(std::string_view word, std::uint64_t hash, const std::vector<Symbol>& symbols) {
    Entry& entry = entries_[hash % entries_.size()];
    entry.word = word;
    entry.symbols = symbols;
  }

 private:
  struct Entry {
    std::string word;
    std::vector<Symbol> symbols;
  };
  std::vector<Entry> entries_ = std::vector<Entry>(1 << 14);
};

}  // namespace

struct BpeScratch::State {
  WordCache cache;
  std::vector<Symbol> symbols;
};

BpeScratch::BpeScratch() : state_(std::make_unique<State>()) {}
BpeScratch::~BpeScratch() = default;
BpeScratch::BpeScratch(BpeScratch&&) noexcept = default;

BpeModel::BpeModel(BpeDefinition definition) : definition_(std::move(definition)) {
  merges_.reserve(definition_.merges.size());
  for (const BpeMerge& merge : definition_.merges) merges_.insert(merge.left, merge.right, {merge.rank, merge.merged});
  definition_.merges = {};
}

std::optional<std::int32_t> BpeModel::id_of(std::string_view bytes) const {
  const auto found = definition_.ids.find(bytes);
  if (found == definition_.ids.end()) return std::nullopt;
  return found->second;
}

std::span<const Symbol> BpeModel::encode_word(std::string_view word, BpeScratch& scratch) const {
  WordCache& cache = scratch.state_->cache;
  const bool is_cached = word.size() <= kMaxCachedBytes;
  const std::uint64_t hash = is_cached ? std::hash<std::string_view>{}(word) : 0;
  if (is_cached) {
    if (const std::vector<Symbol>* found = cache.find(word, hash)) return *found;
  }
  std::vector<Symbol>& symbols = scratch.state_->symbols;
  symbols.clear();
  const auto whole = definition_.ignores_merges ? id_of(word) : std::nullopt;
  if (whole) {
    symbols.push_back({*whole, static_cast<std::uint32_t>(word.size())});
  } else {
    if (definition_.is_byte_level)
      add_bytes(word, symbols);
    else
      add_characters(word, symbols);
    merges_.apply(symbols);
  }
  if (is_cached) cache.put(word, hash, symbols);
  return symbols;
}

void BpeModel::add_unknown(std::size_t num_bytes, bool& was_unknown, std::vector<Symbol>& symbols) const {
  // Without an unknown token the peers drop the character; its bytes go to the token before, if any.
  if (!definition_.unknown_id) {
    if (!symbols.empty()) symbols.back().num_bytes += static_cast<std::uint32_t>(num_bytes);
  } else if (was_unknown && definition_.fuses_unknown) {
    symbols.back().num_bytes += static_cast<std::uint32_t>(num_bytes);
  } else {
    symbols.push_back({*definition_.unknown_id, static_cast<std::uint32_t>(num_bytes)});
  }
  was_unknown = true;
}

void BpeModel::add_bytes(std::string_view word, std::vector<Symbol>& symbols) const {
  bool was_unknown = false;
  for (const char byte : word) {
    const std::int32_t id = definition_.byte_ids[static_cast<unsigned char>(byte)];
    if (id < 0) {
      add_unknown(1, was_unknown, symbols);
    } else {
      symbols.push_back({id, 1});
      was_unknown = false;
    }
  }
}

void BpeModel::add_characters(std::string_view word, std::vector<Symbol>& symbols) const {
  const auto id_of_byte = [&](char byte) { return definition_.byte_ids[static_cast<unsigned char>(byte)]; };
  bool was_unknown = false;
  for (std::size_t i = 0; i < word.size();) {
    const std::size_t length = character_bytes(word, i);
    const std::string_view character = word.substr(i, length);
    i += length;
    if (const auto id = id_of(character)) {
      symbols.push_back({*id, static_cast<std::uint32_t>(length)});
      was_unknown = false;
      continue;
    }
    const bool has_bytes =
        definition_.falls_back_to_bytes &&
        std::all_of(character.begin(), character.end(), [&](char byte) { return id_of_byte(byte) >= 0; });
    if (!has_bytes) {
      add_unknown(length, was_unknown, symbols);
      continue;
    }
    for (const char byte : character) symbols.push_back({id_of_byte(byte), 1});
    was_unknown = false;
  }
}

}  // namespace intelia
