// See rank_tokenizer.hpp. The merging rule is https://github.com/openai/tiktoken/blob/main/src/lib.rs
#include "tokenizer/rank_tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "record/json_fwd.hpp"
#include "text/aligned_text.hpp"
#include "text/utf8.hpp"
#include "tokenizer/bpe_model.hpp"
#include "tokenizer/oniguruma.hpp"
#include "tokenizer/pattern.hpp"
#include "tokenizer/scratch_pool.hpp"
#include "tokenizer/splitters.hpp"

namespace intelia {

namespace {

/** Splits a text into words: with hand-written matchers for the published patterns, with PCRE2 for others. */
class WordCutter {
 public:
  explicit WordCutter(const std::string& pattern) {
    if (const auto style = known_style(pattern))
      splitter_.emplace(*style);
    else
      pattern_ = std::make_unique<Pattern>(pcre_of_oniguruma(pattern, true));
  }

  /** Nothing for an unknown pattern. */
  const TextSplitter* splitter() const { return splitter_ ? &*splitter_ : nullptr; }

  template <class Take>
  void for_each_word(std::string_view text, Take&& take) const {
    if (!splitter_) return pattern_->for_each_match(text, take);
    std::array<std::size_t, TextSplitter::kMinEnds> ends;
    std::size_t begin = 0;
    while (const std::size_t count = splitter_->next_ends(text, begin, ends)) {
      for (std::size_t i = 0; i < count; ++i) {
        take(ByteRange{begin, ends[i]});
        begin = ends[i];
      }
    }
  }

 private:
  std::optional<TextSplitter> splitter_;
  std::unique_ptr<Pattern> pattern_;
};

class RankTokenizer final : public Tokenizer {
 public:
  explicit RankTokenizer(RankVocabulary vocabulary) : vocabulary_(std::move(vocabulary)), cutter_(vocabulary_.pattern) {
    bos_id_ = vocabulary_.bos_id;
    eos_id_ = vocabulary_.eos_id;
    pad_id_ = vocabulary_.pad_id;
    sha256_ = vocabulary_.sha256;
    index_words();
    model_ = model_of(vocabulary_, words_);
    index_added();
  }

  Encoding encode_with_ranges(std::string_view text, SpecialTokens special,
                              std::span<const ByteRange> plain_ranges) const override {
    std::string repaired;
    text = as_valid_utf8(text, repaired);
    Encoding out;
    out.ids.reserve(text.size() / 3 + 4);
    out.ranges.reserve(text.size() / 3 + 4);
    if (special.add && vocabulary_.adds_bos && bos_id_) append(out, *bos_id_, {0, 0});
    const auto scratch = scratches_.take();
    for (const Segment& segment : finder_.split(text, special.parse, plain_ranges)) {
      if (segment.id >= 0)
        append(out, segment.id, segment.bytes);
      else
        encode_stretch(text, segment.bytes, *scratch, out);
    }
    if (special.add && vocabulary_.adds_eos && eos_id_) append(out, *eos_id_, {text.size(), text.size()});
    return out;
  }

  std::vector<std::int32_t> encode(std::string_view text, SpecialTokens special) const override {
    if (cutter_.splitter() == nullptr) return Tokenizer::encode(text, special);
    std::string repaired;
    text = as_valid_utf8(text, repaired);
    std::vector<std::int32_t> ids;
    ids.reserve(text.size() / 3 + 4);
    if (special.add && vocabulary_.adds_bos && bos_id_) ids.push_back(*bos_id_);
    const auto scratch = scratches_.take();
    finder_.for_each_segment(text, special.parse, {}, [&](const Segment& segment) {
      const std::string_view stretch = text.substr(segment.bytes.begin, segment.bytes.end - segment.bytes.begin);
      if (segment.id >= 0)
        ids.push_back(segment.id);
      else
        model_.encode_text(*cutter_.splitter(), stretch, *scratch, ids);
    });
    if (special.add && vocabulary_.adds_eos && eos_id_) ids.push_back(*eos_id_);
    return ids;
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
    return id_in(words_, token);
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

  std::string_view bytes_of(std::int32_t id) const {
    if (const auto found = added_.find(id); found != added_.end()) return found->second->content;
    const std::int64_t rank = std::int64_t{id} - vocabulary_.first_id;
    if (rank < 0 || rank >= std::ssize(vocabulary_.words)) return {};
    return vocabulary_.words[static_cast<std::size_t>(rank)];
  }

  static std::optional<std::int32_t> id_in(const IdByBytes& ids, std::string_view word) {
    const auto found = ids.find(word);
    if (found == ids.end()) return std::nullopt;
    return found->second;
  }

  void index_words() {
    constexpr std::size_t kMaxWordBytes = 1024;  // merges_of() tries each division of a word
    words_.reserve(vocabulary_.words.size());
    std::int32_t id = vocabulary_.first_id;
    for (const std::string& word : vocabulary_.words) {
      if (word.empty())
        throw Error(Kind::input, fmt::format("the token with the rank {} has no bytes", id - vocabulary_.first_id));
      if (word.size() > kMaxWordBytes)
        throw Error(Kind::input, fmt::format("the token with the rank {} has {} bytes, more than {}",
                                             id - vocabulary_.first_id, word.size(), kMaxWordBytes));
      if (!words_.emplace(word, id++).second) {
        throw Error(Kind::input, fmt::format("the token with the rank {} occurs twice", id - 1 - vocabulary_.first_id));
      }
    }
    vocabulary_size_ = id;
  }

  static BpeModel model_of(const RankVocabulary& vocabulary, const IdByBytes& words) {
    BpeDefinition definition;
    definition.ids = words;
    definition.is_byte_level = true;
    definition.ignores_merges = true;
    for (int byte = 0; byte < 256; ++byte) {
      const auto id = id_in(words, std::string(1, static_cast<char>(byte)));
      if (!id) throw Error(Kind::input, fmt::format("no token represents the byte 0x{:02X}", byte));
      definition.byte_ids[static_cast<std::size_t>(byte)] = *id;
    }
    definition.merges = merges_of(vocabulary, words);
    return BpeModel(std::move(definition));
  }

  /** Two tokens merge when their concatenated bytes are a token; its rank is that of the merge. */
  static std::vector<BpeMerge> merges_of(const RankVocabulary& vocabulary, const IdByBytes& words) {
    std::vector<BpeMerge> merges;
    merges.reserve(vocabulary.words.size() * 4);
    for (std::size_t rank = 0; rank < vocabulary.words.size(); ++rank) {
      const std::string_view word = vocabulary.words[rank];
      for (std::size_t cut = 1; cut < word.size(); ++cut) {
        const auto left = id_in(words, word.substr(0, cut));
        const auto right = left ? id_in(words, word.substr(cut)) : std::nullopt;
        if (!right) continue;
        merges.push_back(
            {*left, *right, vocabulary.first_id + static_cast<std::int32_t>(rank), static_cast<std::uint32_t>(rank)});
      }
    }
    return merges;
  }

  void index_added() {
    for (const AddedToken& token : vocabulary_.added) {
      if (!added_.emplace(token.id, &token).second || !added_ids_.emplace(token.content, token.id).second) {
        throw Error(Kind::input,
                    fmt::format("the added token '{}' with the id {} occurs twice", token.content, token.id));
      }
      vocabulary_size_ = std::max(vocabulary_size_, token.id + 1);
    }
    finder_ = AddedTokenFinder(vocabulary_.added);
  }

  void encode_stretch(std::string_view text, ByteRange stretch, BpeScratch& scratch, Encoding& out) const {
    cutter_.for_each_word(text.substr(stretch.begin, stretch.end - stretch.begin), [&](ByteRange word) {
      std::size_t begin = stretch.begin + word.begin;
      for (const Symbol& symbol : model_.encode_word(text.substr(begin, word.end - word.begin), scratch)) {
        append(out, symbol.id, whole_characters(text, begin, begin + symbol.num_bytes));
        begin += symbol.num_bytes;
      }
    });
  }

  RankVocabulary vocabulary_;
  WordCutter cutter_;
  IdByBytes words_;
  BpeModel model_;
  std::unordered_map<std::int32_t, const AddedToken*> added_;  // into vocabulary_.added
  std::unordered_map<std::string_view, std::int32_t> added_ids_;
  AddedTokenFinder finder_;
  std::int32_t vocabulary_size_ = 0;
  mutable ScratchPool<BpeScratch> scratches_;
};

}  // namespace

void name_tokens(RankVocabulary& vocabulary, const TokenizerConfig& config, std::string_view file,
                 const PublishedNames& published) {
  const auto id_of = [&](const char* name, std::string_view fallback) -> std::optional<std::int32_t> {
    const auto configured = config.names.find(name);
    const std::string_view content = configured == config.names.end() ? fallback : std::string_view(configured->second);
    const auto found = std::find_if(vocabulary.added.begin(), vocabulary.added.end(),
                                    [&](const AddedToken& token) { return token.content == content; });
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

std::unique_ptr<Tokenizer> make_rank_tokenizer(RankVocabulary vocabulary) {
  return std::make_unique<RankTokenizer>(std::move(vocabulary));
}

}  // namespace intelia
