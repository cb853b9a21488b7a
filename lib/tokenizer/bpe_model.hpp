// The BPE model of a tokenizer: encodes one word (the text between split points) by the merges of a vocabulary, from
// merge lists (tokenizer.json) or rank vocabularies (tiktoken, tekken). Knows bytes, ids and merges; knows no files,
// normalizers, splitting or added tokens. Private to lib/tokenizer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenizer/byte_pair.hpp"
#include "tokenizer/splitters.hpp"
#include "tokenizer/word_cache.hpp"

namespace intelia {

/** Hashes strings and views the same way, so that lookups by view need no copy. */
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using IdByBytes = std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>>;

/** One line of a merge list; of equal ranks the leftmost pair of a word merges first. */
struct BpeMerge {
  std::int32_t left = -1, right = -1;
  std::int32_t merged = -1;
  std::uint32_t rank = 0;
};

/** The parts of a BPE model. */
struct BpeDefinition {
  IdByBytes ids;                             // by the bytes of text of a token
  std::array<std::int32_t, 256> byte_ids{};  // the token of a single byte (with byte fallback "<0x0A>"), -1 without one
  std::vector<BpeMerge> merges;
  std::optional<std::int32_t> unknown_id;
  bool is_byte_level = false;        // words are split into bytes before merging, else into characters
  bool ignores_merges = false;       // a word of the vocabulary is one token regardless of the merges
  bool falls_back_to_bytes = false;  // a character without a token becomes the tokens of its bytes
  std::string blank_mark;            // replaces spaces of the text in the vocabulary; empty: none
  bool fuses_unknown = false;        // adjacent unknown characters are one unknown token
};

/** Buffers of one thread for encoding words. */
class BpeScratch {
 public:
  BpeScratch();
  ~BpeScratch();
  BpeScratch(BpeScratch&&) noexcept;

 private:
  friend class BpeModel;
  struct State;
  std::unique_ptr<State> state_;
};

/** Thread-safe, with one scratch per thread. */
class BpeModel {
 public:
  BpeModel() = default;
  explicit BpeModel(BpeDefinition definition);

  /** The tokens of `word` (valid UTF-8 unless the model is byte-level) until the next call with the same scratch. A
     scratch serves one model only. */
  std::span<const Symbol> encode_word(std::string_view word, BpeScratch& scratch) const;

  /** Appends the ids of `text`, split by `splitter`. */
  void encode_text(const TextSplitter& splitter, std::string_view text, BpeScratch& scratch,
                   std::vector<std::int32_t>& ids) const;

  /** Whether a text that is one word may be split before its spaces, which become the definition's blank_mark: no token
     has a mark after anything else. */
  bool may_cut_before_blanks() const { return may_cut_before_blanks_; }

  /** Whether every id always covers the same number of bytes, which bytes_of returns. */
  bool has_fixed_lengths() const { return has_fixed_lengths_; }
  std::uint32_t bytes_of(std::int32_t id) const { return lengths_[static_cast<std::size_t>(id)]; }

 private:
  std::optional<std::int32_t> id_of(std::string_view bytes) const;
  void add_unknown(std::size_t num_bytes, bool& was_unknown, std::vector<Symbol>& symbols) const;
  void add_bytes(std::string_view word, std::vector<Symbol>& symbols) const;
  void add_characters(std::string_view word, std::vector<Symbol>& symbols) const;

  void encode_batch(std::string_view text, std::size_t begin, std::span<const std::size_t> ends,
                    BpeScratch& scratch) const;
  std::int32_t* append_word(std::string_view word, BpeScratch& scratch, std::int32_t* out) const;
  std::int32_t* append_long_word(std::string_view word, BpeScratch& scratch, std::int32_t* out) const;
  void encode_raw(std::string_view word, BpeScratch& scratch) const;
  void encode_uncached(std::string_view word, std::vector<Symbol>& symbols) const;
  bool encode_by_period(std::string_view word, std::vector<Symbol>& symbols) const;

  void index_tokens();

  BpeDefinition definition_;  // except ids and merges, which are in the next three
  WordTable short_tokens_{1};
  IdByBytes long_tokens_;
  std::vector<std::uint32_t> lengths_;  // by id
  std::size_t longest_ = 0;             // bytes of the longest token
  bool has_fixed_lengths_ = false, may_cut_before_blanks_ = false;
  bool drops_nothing_ = false;  // every byte of a text is covered by a token
  MergeTable merges_;
};

}  // namespace intelia
