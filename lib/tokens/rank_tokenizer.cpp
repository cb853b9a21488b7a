// See rank_tokenizer.hpp. The merging rule is https://github.com/openai/tiktoken/blob/main/src/lib.rs
#include "tokens/rank_tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "record/json.hpp"
#include "tokens/byte_pair.hpp"
#include "tokens/pattern.hpp"
#include "tokens/utf8.hpp"

namespace intelia {

namespace {

class RankTokenizer final : public Tokenizer {
 public:
  explicit RankTokenizer(RankVocabulary vocabulary) : vocabulary_(std::move(vocabulary)), pattern_(vocabulary_.pattern) {
    bos_id_ = vocabulary_.bos_id;
    eos_id_ = vocabulary_.eos_id;
    pad_id_ = vocabulary_.pad_id;
    sha256_ = vocabulary_.sha256;
    index_words();
    make_merges();
    index_added();
  }

  Encoding encode_with_ranges(std::string_view text, SpecialTokens special, std::span<const ByteRange> plain_ranges) const override {
    std::string repaired;
    if (!is_valid_utf8(text)) {
      append_lossy_utf8(repaired, text);
      text = repaired;
    }
    Encoding out;
    out.ids.reserve(text.size() / 3 + 4);
    out.ranges.reserve(text.size() / 3 + 4);
    if (special.add && vocabulary_.adds_bos && bos_id_) append(out, *bos_id_, {0, 0});
    for (const Segment& segment : finder_.split(text, special.parse, plain_ranges)) {
      if (segment.id >= 0) append(out, segment.id, segment.bytes);
      else encode_stretch(text, segment.bytes, out);
    }
    if (special.add && vocabulary_.adds_eos && eos_id_) append(out, *eos_id_, {text.size(), text.size()});
    return out;
  }

  std::string decode(std::span<const std::int32_t> ids, bool skip_special) const override {
    std::string bytes, text;
    for (const std::int32_t id : ids) {
      if (!skip_special || !is_special(id)) bytes += bytes_of(id);
    }
    append_lossy_utf8(text, bytes);
    return text;
  }

  std::int32_t vocabulary_size() const override { return vocabulary_size_; }
  std::optional<std::int32_t> id_of(std::string_view token) const override {
    if (const auto found = added_ids_.find(token); found != added_ids_.end()) return found->second;
    return id_of_word(token);
  }
  std::string token_of(std::int32_t id) const override {
    std::string text;
    append_lossy_utf8(text, bytes_of(id));
    return text;
  }
  bool is_special(std::int32_t id) const override {
    const auto found = added_.find(id);
    return found != added_.end() && found->second->is_special;
  }

 private:
  static void append(Encoding& out, std::int32_t id, ByteRange bytes) {
    out.ids.push_back(id);
    out.ranges.push_back(bytes);
  }

  std::optional<std::int32_t> id_of_word(std::string_view word) const {
    const auto found = id_by_word_.find(word);
    if (found == id_by_word_.end()) return std::nullopt;
    return found->second;
  }

  std::string_view bytes_of(std::int32_t id) const {
    if (const auto found = added_.find(id); found != added_.end()) return found->second->content;
    const std::int64_t rank = std::int64_t{id} - vocabulary_.first_id;
    if (rank < 0 || rank >= std::ssize(vocabulary_.words)) return {};
    return vocabulary_.words[static_cast<std::size_t>(rank)];
  }

  void index_words() {
    id_by_word_.reserve(vocabulary_.words.size());
    std::int32_t id = vocabulary_.first_id;
    for (const std::string& word : vocabulary_.words) {
      if (word.empty()) throw Error(Kind::input, fmt::format("the token with the rank {} has no bytes", id - vocabulary_.first_id));
      if (!id_by_word_.emplace(word, id++).second) {
        throw Error(Kind::input, fmt::format("the token with the rank {} stands twice", id - 1 - vocabulary_.first_id));
      }
    }
    vocabulary_size_ = id;
    for (int byte = 0; byte < 256; ++byte) {
      const char character = static_cast<char>(byte);
      const auto found = id_of_word({&character, 1});
      if (!found) throw Error(Kind::input, fmt::format("no token stands for the byte 0x{:02X}", byte));
      byte_ids_[static_cast<std::size_t>(byte)] = *found;
    }
  }

  /** Two tokens merge when their bytes together are a token; its rank is the merge's. */
  void make_merges() {
    struct Split {
      std::int32_t left, right;
      MergeTable::Merge merge;
    };
    std::vector<Split> splits;
    splits.reserve(vocabulary_.words.size() * 4);
    for (std::size_t rank = 0; rank < vocabulary_.words.size(); ++rank) {
      const std::string_view word = vocabulary_.words[rank];
      for (std::size_t cut = 1; cut < word.size(); ++cut) {
        const auto left = id_of_word(word.substr(0, cut));
        const auto right = left ? id_of_word(word.substr(cut)) : std::nullopt;
        if (!right) continue;
        const MergeTable::Merge merge{static_cast<std::uint32_t>(rank), vocabulary_.first_id + static_cast<std::int32_t>(rank)};
        splits.push_back({*left, *right, merge});
      }
    }
    merges_.reserve(splits.size());
    for (const Split& split : splits) merges_.insert(split.left, split.right, split.merge);
  }

  void index_added() {
    for (const AddedToken& token : vocabulary_.added) {
      if (!added_.emplace(token.id, &token).second || !added_ids_.emplace(token.content, token.id).second) {
        throw Error(Kind::input, fmt::format("the added token '{}' with the id {} stands twice", token.content, token.id));
      }
      vocabulary_size_ = std::max(vocabulary_size_, token.id + 1);
    }
    finder_ = AddedTokenFinder(vocabulary_.added);
  }

  void encode_stretch(std::string_view text, ByteRange stretch, Encoding& out) const {
    std::vector<Symbol> symbols;
    pattern_.for_each_match(text.substr(stretch.begin, stretch.end - stretch.begin), [&](ByteRange match) {
      std::size_t begin = stretch.begin + match.begin;
      const std::string_view word = text.substr(begin, match.end - match.begin);
      symbols.clear();
      encode_word(word, symbols);
      for (const Symbol& symbol : symbols) {
        append(out, symbol.id, whole_characters(text, begin, begin + symbol.num_bytes));
        begin += symbol.num_bytes;
      }
    });
  }

  void encode_word(std::string_view word, std::vector<Symbol>& symbols) const {
    if (const auto whole = id_of_word(word)) {
      symbols.push_back({*whole, static_cast<std::uint32_t>(word.size())});
      return;
    }
    for (const char byte : word) symbols.push_back({byte_ids_[static_cast<unsigned char>(byte)], 1});
    merges_.apply(symbols);
  }

  RankVocabulary vocabulary_;
  Pattern pattern_;
  std::unordered_map<std::string_view, std::int32_t> id_by_word_;  // into vocabulary_.words
  std::array<std::int32_t, 256> byte_ids_{};
  MergeTable merges_;
  std::unordered_map<std::int32_t, const AddedToken*> added_;      // into vocabulary_.added
  std::unordered_map<std::string_view, std::int32_t> added_ids_;
  AddedTokenFinder finder_;
  std::int32_t vocabulary_size_ = 0;
};

}  // namespace

void name_tokens(RankVocabulary& vocabulary, const TokenizerConfig& config, std::string_view file, const PublishedNames& published) {
  const auto id_of = [&](const char* name, std::string_view fallback) -> std::optional<std::int32_t> {
    const auto configured = config.names.find(name);
    const std::string_view content = configured == config.names.end() ? fallback : std::string_view(configured->second);
    const auto found = std::find_if(vocabulary.added.begin(), vocabulary.added.end(), [&](const AddedToken& token) { return token.content == content; });
    if (found == vocabulary.added.end()) return std::nullopt;
    return found->id;
  };
  vocabulary.bos_id = id_of("bos_token", published.bos);
  vocabulary.eos_id = id_of("eos_token", published.eos);
  vocabulary.pad_id = id_of("pad_token", published.pad);
  vocabulary.adds_bos = config.add_bos_token.value_or(true);
  vocabulary.adds_eos = config.add_eos_token.value_or(false);
  Sha256 hash;
  hash.update(file);
  hash.update(config.bytes);
  vocabulary.sha256 = hash.finish();
}

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t num_digits = text.size();
  while (num_digits + 2 > text.size() && num_digits > 0 && text[num_digits - 1] == '=') --num_digits;
  std::string bytes;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < num_digits; ++i) {
    const std::size_t digit = kDigits.find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    // The bits that are complete after 2, 3 and 4 digits are 8, 16 and 24.
    if (i % 4 != 0) bytes += static_cast<char>(bits >> (6 - 2 * (i % 4)) & 0xFF);
  }
  return bytes;
}

std::unique_ptr<Tokenizer> make_rank_tokenizer(RankVocabulary vocabulary) { return std::make_unique<RankTokenizer>(std::move(vocabulary)); }

}  // namespace intelia
