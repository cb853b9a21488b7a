// See bpe_model.hpp.
#include "tokens/bpe_model.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tokens/utf8.hpp"
#include "tokens/word_cache.hpp"

namespace intelia {

namespace {

// Words whose ends are found before their ids are looked up: enough to keep both loops going, few enough for the L1
// cache.
constexpr std::size_t kBatchWords = 1024;

std::uint64_t long_hash(std::string_view word) { return std::hash<std::string_view>{}(word)*0x9e3779b97f4a7c15ULL; }

}  // namespace

struct BpeScratch::State {
  WordCache cache;
  std::vector<Symbol> symbols;
  std::vector<std::size_t> ends = std::vector<std::size_t>(kBatchWords);
  std::vector<std::int32_t> ids;  // of one batch
  std::vector<std::int32_t> word_ids;
};

BpeScratch::BpeScratch() : state_(std::make_unique<State>()) {}
BpeScratch::~BpeScratch() = default;
BpeScratch::BpeScratch(BpeScratch&&) noexcept = default;

BpeModel::BpeModel(BpeDefinition definition) : definition_(std::move(definition)) {
  merges_.reserve(definition_.merges.size());
  for (const BpeMerge& merge : definition_.merges) merges_.insert(merge.left, merge.right, {merge.rank, merge.merged});
  definition_.merges = {};
  std::int32_t largest = -1;
  for (const auto& [bytes, id] : definition_.ids) largest = std::max(largest, id);
  lengths_.resize(static_cast<std::size_t>(largest + 1));
  for (const auto& [bytes, id] : definition_.ids)
    lengths_[static_cast<std::size_t>(id)] = static_cast<std::uint32_t>(bytes.size());
  has_fixed_lengths_ =
      definition_.is_byte_level && std::ranges::all_of(definition_.byte_ids, [](std::int32_t id) { return id >= 0; });
}

std::optional<std::int32_t> BpeModel::id_of(std::string_view bytes) const {
  const auto found = definition_.ids.find(bytes);
  if (found == definition_.ids.end()) return std::nullopt;
  return found->second;
}

std::span<const Symbol> BpeModel::encode_word(std::string_view word, BpeScratch& scratch) const {
  encode_uncached(word, scratch.state_->symbols);
  return scratch.state_->symbols;
}

void BpeModel::encode_uncached(std::string_view word, std::vector<Symbol>& symbols) const {
  symbols.clear();
  const auto whole = definition_.ignores_merges ? id_of(word) : std::nullopt;
  if (whole) {
    symbols.push_back({*whole, static_cast<std::uint32_t>(word.size())});
    return;
  }
  if (definition_.is_byte_level)
    add_bytes(word, symbols);
  else
    add_characters(word, symbols);
  merges_.apply(symbols);
}

void BpeModel::encode_text(const TextSplitter& splitter, std::string_view text, BpeScratch& scratch,
                           std::vector<std::int32_t>& ids) const {
  BpeScratch::State& state = *scratch.state_;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t num_words = splitter.next_ends(text, begin, state.ends);
    // A word has at most as many ids as bytes; whole entries are stored, of which only `count` ids stay.
    const std::size_t most = state.ends[num_words - 1] - begin + WordEntry::kMaxInline + 1;
    if (state.ids.size() < most) state.ids.resize(most);
    std::int32_t* out = state.ids.data();
    for (std::size_t i = 0; i < num_words; ++i) {
      const std::size_t end = state.ends[i];
      const std::size_t size = end - begin;
      const char* const word = text.data() + begin;
      if (size > kMaxKeyBytes || text.size() - begin < 16) {
        out = append_word({word, size}, scratch, out);
      } else {
        const WordKey key = key_of_readable(word, size);
        const WordEntry& entry = state.cache.near_entry(hash_of(key));
        if (entry.key == key && entry.count <= WordEntry::kMaxInline) {
          std::memcpy(out, entry.ids.data(), sizeof entry.ids);
          out += entry.count;
        } else {
          out = append_missed({word, size}, scratch, out);
        }
      }
      begin = end;
    }
    ids.insert(ids.end(), state.ids.data(), out);
  }
}

/** A word that the loop over short words cannot take: too long, or too near the end of the text to read 16 bytes. */
std::int32_t* BpeModel::append_word(std::string_view word, BpeScratch& scratch, std::int32_t* out) const {
  if (word.size() <= kMaxKeyBytes) return append_missed(word, scratch, out);
  BpeScratch::State& state = *scratch.state_;
  const bool is_cached = word.size() <= WordCache::kMaxLongBytes;
  const std::uint64_t hash = is_cached ? long_hash(word) : 0;
  if (is_cached) {
    if (const auto* found = state.cache.find_long(word, hash)) return std::copy(found->begin(), found->end(), out);
  }
  encode_uncached(word, state.symbols);
  std::int32_t* const first = out;
  for (const Symbol& symbol : state.symbols) *out++ = symbol.id;
  if (is_cached) state.cache.put_long(word, hash, {first, out});
  return out;
}

/** A short word that the near level of the cache has not. */
std::int32_t* BpeModel::append_missed(std::string_view word, BpeScratch& scratch, std::int32_t* out) const {
  BpeScratch::State& state = *scratch.state_;
  const WordKey key = key_of(word);
  const std::uint64_t hash = hash_of(key);
  const WordEntry* entry = state.cache.find_far(key, hash);
  if (entry == nullptr) {
    encode_uncached(word, state.symbols);
    state.word_ids.clear();
    for (const Symbol& symbol : state.symbols) state.word_ids.push_back(symbol.id);
    entry = &state.cache.put(key, hash, state.word_ids);
  }
  state.cache.near_entry(hash) = *entry;
  const std::span<const std::int32_t> ids = state.cache.ids_of(*entry);
  return std::copy(ids.begin(), ids.end(), out);
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
