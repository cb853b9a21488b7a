// See bpe_model.hpp.
#define XXH_INLINE_ALL
#include "tokenizer/bpe_model.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "text/utf8.hpp"
#include "tokenizer/word_cache.hpp"

namespace intelia {

namespace {

// Words that are split before their ids are looked up: enough to keep both loops efficient, few enough for the L1
// cache.
constexpr std::size_t kBatchWords = 256;

// Minimum length of a repetitive range of a word, in bytes, and the maximum period searched for.
constexpr std::size_t kMinStretch = 4096;
constexpr std::size_t kMaxPeriod = 16;

/** Bytes [begin, end) that repeat every `period` bytes. */
struct Stretch {
  std::size_t begin = 0, end = 0, period = 0;
};

/** A repetitive range of at least kMinStretch bytes, or an empty one. */
Stretch find_stretch(std::string_view word) {
  constexpr std::size_t kStep = 256;
  for (std::size_t anchor = 0; anchor + kStep + kMaxPeriod <= word.size(); anchor += kMinStretch / 2) {
    for (std::size_t period = 1; period <= kMaxPeriod; ++period) {
      const auto repeats = [&](std::size_t from, std::size_t size) {
        return std::memcmp(word.data() + from, word.data() + from + period, size) == 0;
      };
      std::size_t end = anchor;
      while (end + kStep + period <= word.size() && repeats(end, kStep)) end += kStep;
      if (end == anchor) continue;
      while (end + period < word.size() && repeats(end, 1)) ++end;
      end += period;
      std::size_t begin = anchor;
      while (begin > 0 && repeats(begin - 1, 1)) --begin;
      if (end - begin >= kMinStretch) return {begin, end, period};
    }
  }
  return {};
}

/** Whether some token has `mark` after anything other than a mark. */
bool has_inner(const IdByBytes& ids, std::string_view mark) {
  for (const auto& [bytes, id] : ids) {
    for (std::size_t at = bytes.find(mark, 1); at != std::string::npos; at = bytes.find(mark, at + 1)) {
      if (at < mark.size() || std::string_view(bytes).substr(at - mark.size(), mark.size()) != mark) return true;
    }
  }
  return false;
}

bool is_same(std::span<const Symbol> left, std::span<const Symbol> right) {
  return std::ranges::equal(
      left, right, [](const Symbol& a, const Symbol& b) { return a.id == b.id && a.num_bytes == b.num_bytes; });
}

std::size_t num_bytes_of(std::span<const Symbol> symbols) {
  std::size_t sum = 0;
  for (const Symbol& symbol : symbols) sum += symbol.num_bytes;
  return sum;
}

/** The first tokens from the middle on that occur twice in a row and cover a multiple of `period` bytes, or none. */
std::vector<Symbol> find_repeated(std::span<const Symbol> symbols, std::size_t period) {
  const std::span<const Symbol> half = symbols.subspan(symbols.size() / 2);
  for (std::size_t count = 1; 2 * count <= half.size(); ++count) {
    const std::span<const Symbol> first = half.first(count);
    if (num_bytes_of(first) % period == 0 && is_same(first, half.subspan(count, count)))
      return {first.begin(), first.end()};
  }
  return {};
}

}  // namespace

struct BpeScratch::State {
  WordCache cache;
  std::vector<Symbol> symbols;
  // Of one batch of words.
  std::array<std::size_t, kBatchWords> ends;
  std::array<WordKey, kBatchWords> keys;
  std::array<std::uint64_t, kBatchWords> hashes;
  std::vector<std::int32_t> ids;
  std::size_t num_ids = 0;
  std::vector<std::int32_t> word_ids;
  std::string marked;  // a word with marks instead of spaces
};

BpeScratch::BpeScratch() : state_(std::make_unique<State>()) {}
BpeScratch::~BpeScratch() = default;
BpeScratch::BpeScratch(BpeScratch&&) noexcept = default;

BpeModel::BpeModel(BpeDefinition definition) : definition_(std::move(definition)) {
  merges_.reserve(definition_.merges.size());
  for (const BpeMerge& merge : definition_.merges) merges_.insert(merge.left, merge.right, merge.rank, merge.merged);
  definition_.merges = {};
  const std::string& mark = definition_.blank_mark;
  may_cut_before_blanks_ = !mark.empty() && !definition_.ignores_merges && definition_.ids.contains(mark) &&
                           !has_inner(definition_.ids, mark);
  index_tokens();
  const bool has_all_bytes = std::ranges::all_of(definition_.byte_ids, [](std::int32_t id) { return id >= 0; });
  has_fixed_lengths_ = definition_.is_byte_level && has_all_bytes;
  drops_nothing_ =
      definition_.unknown_id || (has_all_bytes && (definition_.is_byte_level || definition_.falls_back_to_bytes));
}

void BpeModel::index_tokens() {
  IdByBytes ids = std::exchange(definition_.ids, {});
  short_tokens_ = WordTable(static_cast<unsigned>(std::bit_width(ids.size() * 2 + 1)));
  for (auto next = ids.begin(); next != ids.end();) {
    const auto token = next++;
    const auto id = static_cast<std::size_t>(token->second);
    const std::size_t size = token->first.size();
    if (id >= lengths_.size()) lengths_.resize(id + 1);
    lengths_[id] = static_cast<std::uint32_t>(size);
    longest_ = std::max(longest_, size);
    if (size > kMaxKeyBytes) {
      long_tokens_.insert(ids.extract(token));
    } else if (size > 0) {
      short_tokens_.insert({key_of(token->first), {token->second}, 1});
    }
  }
}

std::optional<std::int32_t> BpeModel::id_of(std::string_view bytes) const {
  if (bytes.empty() || bytes.size() > longest_) return std::nullopt;
  if (bytes.size() <= kMaxKeyBytes) {
    const WordKey key = key_of(bytes);
    const WordEntry* const found = short_tokens_.find(key, short_tokens_.slot_of(hash_of(key)));
    if (found == nullptr) return std::nullopt;
    return found->ids[0];
  }
  const auto found = long_tokens_.find(bytes);
  if (found == long_tokens_.end()) return std::nullopt;
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
  if (word.size() >= kMinStretch && drops_nothing_ && encode_by_period(word, symbols)) return;
  if (definition_.is_byte_level)
    add_bytes(word, symbols);
  else
    add_characters(word, symbols);
  merges_.apply(symbols);
}

/**
 * For words with a long range that repeats every few bytes: encodes the word without most of the repetitions and
 * repeats their tokens. Exact because of the property of adjacent tokens described at MergeTable::apply: all adjacent
 * pairs of the whole word occur in the shorter one. Returns false, and does nothing, for other words.
 */
bool BpeModel::encode_by_period(std::string_view word, std::vector<Symbol>& symbols) const {
  const Stretch stretch = find_stretch(word);
  if (stretch.period == 0) return false;
  encode_uncached(word.substr(stretch.begin, kMinStretch / 2), symbols);
  const std::vector<Symbol> repeated = find_repeated(symbols, stretch.period);
  if (repeated.empty()) return false;

  const std::size_t step = num_bytes_of(repeated);
  const std::size_t num_left_out = (stretch.end - stretch.begin - kMinStretch / 2) / step;
  const std::size_t gap = num_left_out * step;
  const std::string rest = std::string(word.substr(0, stretch.end - gap)) + std::string(word.substr(stretch.end));
  encode_uncached(rest, symbols);
  std::size_t begin = 0;
  for (std::size_t at = 0; at + 2 * repeated.size() <= symbols.size(); begin += symbols[at++].num_bytes) {
    if (begin < stretch.begin || begin + 2 * step > stretch.end - gap) continue;
    const std::span<const Symbol> here = std::span(symbols).subspan(at, 2 * repeated.size());
    if (here.front().id != repeated.front().id || !is_same(here.first(repeated.size()), repeated) ||
        !is_same(here.last(repeated.size()), repeated))
      continue;
    std::vector<Symbol> whole(symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(at));
    whole.reserve(symbols.size() + num_left_out * repeated.size());
    for (std::size_t i = 0; i < num_left_out; ++i) whole.insert(whole.end(), repeated.begin(), repeated.end());
    whole.insert(whole.end(), symbols.begin() + static_cast<std::ptrdiff_t>(at), symbols.end());
    symbols = std::move(whole);
    return true;
  }
  symbols.clear();
  return false;
}

void BpeModel::encode_text(const TextSplitter& splitter, std::string_view text, BpeScratch& scratch,
                           std::vector<std::int32_t>& ids) const {
  BpeScratch::State& state = *scratch.state_;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t num_words = splitter.next_ends(text, begin, state.ends);
    encode_batch(text, begin, {state.ends.data(), num_words}, scratch);
    ids.insert(ids.end(), state.ids.data(), state.ids.data() + state.num_ids);
    begin = state.ends[num_words - 1];
  }
}

/** Stores the ids of the words that begin at `begin` and end at `ends` in the scratch. */
void BpeModel::encode_batch(std::string_view text, std::size_t begin, std::span<const std::size_t> ends,
                            BpeScratch& scratch) const {
  BpeScratch::State& state = *scratch.state_;
  // A word has at most as many ids as bytes, counted with marks for its spaces; whole entries are stored, of which only
  // `count` ids are kept.
  const std::size_t bytes_each = std::max<std::size_t>(definition_.blank_mark.size(), 1);
  const std::size_t most = (ends.back() - begin) * bytes_each + WordEntry::kMaxInline + 1;
  if (state.ids.size() < most) state.ids.resize(most);
  const WordTable* table = &state.cache.table();
  std::size_t word_begin = begin;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::size_t size = ends[i] - word_begin;
    // Words too long for a key get a key that no word has; reads do not go past the end of the text.
    WordKey key;
    if (size <= kMaxKeyBytes) [[likely]] {
      key = text.size() - word_begin >= 16 ? key_of_readable(text.data() + word_begin, size)
                                           : key_of(text.substr(word_begin, size));
    }
    state.keys[i] = key;
    state.hashes[i] = hash_of(key);
    table->prefetch(table->slot_of(state.hashes[i]));
    word_begin = ends[i];
  }
  std::int32_t* out = state.ids.data();
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const WordKey key = state.keys[i];
    const WordEntry& entry = state.cache.table().at(state.cache.table().slot_of(state.hashes[i]));
    if (entry.key == key && entry.count - 1 < WordEntry::kMaxInline) [[likely]] {
      std::memcpy(out, entry.ids.data(), sizeof entry.ids);
      out += entry.count;
    } else {
      const std::size_t from = i == 0 ? begin : ends[i - 1];
      out = append_word(text.substr(from, ends[i] - from), scratch, out);
    }
  }
  state.num_ids = static_cast<std::size_t>(out - state.ids.data());
}

/** As encode_uncached, for a word as it is in the text. */
void BpeModel::encode_raw(std::string_view word, BpeScratch& scratch) const {
  BpeScratch::State& state = *scratch.state_;
  if (definition_.blank_mark.empty()) return encode_uncached(word, state.symbols);
  state.marked.clear();
  for (const char byte : word) {
    if (byte == ' ')
      state.marked += definition_.blank_mark;
    else
      state.marked += byte;
  }
  encode_uncached(state.marked, state.symbols);
}

/** Appends the ids of a word that is not at the position of its hash, or has more ids than fit into an entry. */
std::int32_t* BpeModel::append_word(std::string_view word, BpeScratch& scratch, std::int32_t* out) const {
  if (word.size() > kMaxKeyBytes) return append_long_word(word, scratch, out);
  BpeScratch::State& state = *scratch.state_;
  const WordKey key = key_of(word);
  const WordEntry* entry = state.cache.table().find(key, state.cache.table().slot_of(hash_of(key)));
  if (entry == nullptr) {
    encode_raw(word, scratch);
    state.word_ids.clear();
    for (const Symbol& symbol : state.symbols) state.word_ids.push_back(symbol.id);
    entry = &state.cache.put(key, state.word_ids);
  }
  const std::span<const std::int32_t> ids = state.cache.ids_of(*entry);
  return std::copy(ids.begin(), ids.end(), out);
}

std::int32_t* BpeModel::append_long_word(std::string_view word, BpeScratch& scratch, std::int32_t* out) const {
  BpeScratch::State& state = *scratch.state_;
  LongWordTable& cache = state.cache.long_words();
  const bool is_cached = word.size() <= WordCache::kMaxLongBytes;
  const std::uint64_t hash = is_cached ? XXH3_64bits(word.data(), word.size()) : 0;
  if (is_cached) {
    const std::span<const std::int32_t> found = cache.find(word, hash);
    if (!found.empty()) return std::copy(found.begin(), found.end(), out);
  }
  encode_raw(word, scratch);
  std::int32_t* const first = out;
  for (const Symbol& symbol : state.symbols) *out++ = symbol.id;
  if (is_cached) cache.put(word, hash, {first, out});
  return out;
}

void BpeModel::add_unknown(std::size_t num_bytes, bool& was_unknown, std::vector<Symbol>& symbols) const {
  // Without an unknown token tokenizers drops the character; its bytes count to the token before it, if any.
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
