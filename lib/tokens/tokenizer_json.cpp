// tokenizer.json of Hugging Face tokenizers 0.2x: puts its parts together (normalizers, pre-tokenizers, model, post-processor,
// decoders, added tokens). Models BPE and Unigram. Every part of the file that changes ids is either done exactly or refused
// by name. Its "truncation" and "padding" are not looked at: transformers switches both off unless a caller asks for them.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "tokens/added_tokens.hpp"
#include "tokens/aligned_text.hpp"
#include "tokens/byte_alphabet.hpp"
#include "tokens/byte_pair.hpp"
#include "tokens/character_bpe.hpp"
#include "tokens/decoders.hpp"
#include "tokens/json_fields.hpp"
#include "tokens/json_number.hpp"
#include "tokens/normalizers.hpp"
#include "tokens/post_processor.hpp"
#include "tokens/pre_tokenizers.hpp"
#include "tokens/tokenizer_files.hpp"
#include "tokens/unigram.hpp"
#include "tokens/utf8.hpp"

namespace intelia {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

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

/** What one thread needs while it encodes. */
struct Scratch {
  WordCache cache;
  std::vector<Symbol> symbols;
  std::vector<PieceToken> piece_tokens;
};

class JsonTokenizer final : public Tokenizer {
 public:
  explicit JsonTokenizer(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "tokenizer.json";
    const std::string bytes = read_file(path);
    config_ = read_tokenizer_config(folder);
    Sha256 hash;
    hash.update(bytes);
    hash.update(config_.bytes);
    sha256_ = hash.finish();
    with_context(path.string(), [&] {
      try {
        simdjson::dom::parser parser;
        const simdjson::padded_string padded(bytes);
        read(parser.parse(padded), padded);
      } catch (const simdjson::simdjson_error& error) {
        throw Error(Kind::input, std::string("it is not the JSON of a tokenizer: ") + error.what());
      }
    });
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
    if (special.add) add_fixed(frame_.prefix, 0, out);
    std::unique_ptr<Scratch> scratch = take_scratch();
    for (const Segment& segment : raw_finder_.split(text, special.parse, plain_ranges)) {
      if (segment.id >= 0) {
        add(segment.id, segment.bytes, out);
        continue;
      }
      AlignedText aligned(text.substr(segment.bytes.begin, segment.bytes.end - segment.bytes.begin), segment.bytes.begin);
      normalize(aligned);
      encode_normalized(aligned, special.parse, plain_ranges, *scratch, out);
    }
    give_scratch_back(std::move(scratch));
    if (special.add) add_fixed(frame_.suffix, text.size(), out);
    return out;
  }

  std::string decode(std::span<const std::int32_t> ids, bool skip_special) const override {
    std::vector<std::string> tokens;
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= vocabulary_size() || !has_token_[static_cast<std::size_t>(id)]) continue;
      if (skip_special && is_skipped(id)) continue;
      tokens.push_back(text_of(id));
    }
    for (const Decoder& decoder : decoders_) decoder(tokens);
    std::string joined;
    for (std::size_t i = 0; i < tokens.size(); ++i) joined += (i > 0 && decoders_.empty() ? " " : "") + tokens[i];
    return joined;
  }

  std::int32_t vocabulary_size() const override { return static_cast<std::int32_t>(tokens_.size()); }
  std::optional<std::int32_t> id_of(std::string_view token) const override {
    const auto found = id_by_token_.find(std::string(token));
    if (found == id_by_token_.end()) return std::nullopt;
    return found->second;
  }
  std::string token_of(std::int32_t id) const override {
    return id >= 0 && id < vocabulary_size() ? tokens_[static_cast<std::size_t>(id)] : std::string();
  }
  bool is_special(std::int32_t id) const override {
    return id >= 0 && id < vocabulary_size() && is_special_[static_cast<std::size_t>(id)];
  }

 private:
  // ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

  void set_token(std::int32_t id, std::string_view token) {
    if (id < 0 || id > (1 << 26)) throw Error(Kind::input, fmt::format("the token '{}' has the impossible id {}", token, id));
    const auto place = static_cast<std::size_t>(id);
    if (place >= tokens_.size()) {
      tokens_.resize(place + 1);
      has_token_.resize(place + 1);
      is_special_.resize(place + 1);
    }
    tokens_[place] = token;
    has_token_[place] = true;
    id_by_token_[tokens_[place]] = id;
  }

  void read(const object& file, const simdjson::padded_string& bytes) {
    normalizers_ = read_normalizers(file);
    read_model(file, bytes);
    read_added_tokens(file);
    frame_ = read_post_processor(file);
    check_ids(frame_.prefix);
    check_ids(frame_.suffix);
    decoders_ = read_decoders(file);
    const auto name = [&](const char* key) -> std::optional<std::int32_t> {
      const auto found = config_.names.find(key);
      return found == config_.names.end() ? std::nullopt : id_of(found->second);
    };
    bos_id_ = name("bos_token");
    eos_id_ = name("eos_token");
    pad_id_ = name("pad_token");
    const bool has_post_processor = !is_null(file, "post_processor");
    if (config_.add_bos_token || config_.add_eos_token || !has_post_processor) {
      // transformers rebuilds the template when the configuration says what to add, or nothing does.
      frame_ = {};
      if (config_.add_bos_token.value_or(false) && bos_id_) frame_.prefix.push_back(*bos_id_);
      if (config_.add_eos_token.value_or(false) && eos_id_) frame_.suffix.push_back(*eos_id_);
    }
  }

  void check_ids(const std::vector<std::int32_t>& ids) const {
    for (const std::int32_t id : ids) {
      if (token_of(id).empty()) throw Error(Kind::input, fmt::format("the post-processor puts the id {}, which is no token's", id));
    }
  }

  void read_model(const object& file, const simdjson::padded_string& bytes) {
    const object model = file["model"];
    const std::string type = text_at(model, "type", is_null(model, "merges") ? "" : "BPE");
    const bool falls_back = flag_at(model, "byte_fallback", false);
    const bool has_affix = !text_at(model, "continuing_subword_prefix", "").empty() || !text_at(model, "end_of_word_suffix", "").empty();
    PreTokenizers pre_tokenizers = read_pre_tokenizers(file, type == "BPE" && !falls_back && !has_affix);
    pre_tokenizers_ = std::move(pre_tokenizers.steps);
    is_byte_level_ = pre_tokenizers.ends_in_bytes;
    if (type == "Unigram") return read_unigram(model, bytes);
    if (type != "BPE") refuse("the model " + (type.empty() ? std::string("without a type") : type));
    double dropout = 0;
    if (model["dropout"].get(dropout) == simdjson::SUCCESS && dropout != 0) refuse("BPE with dropout");
    ignores_merges_ = flag_at(model, "ignore_merges", false);
    falls_back_to_bytes_ = flag_at(model, "byte_fallback", false);
    fuses_unknown_ = flag_at(model, "fuse_unk", false);
    const object vocabulary = model["vocab"];
    tokens_.reserve(vocabulary.size());
    for (const auto& [token, id] : vocabulary) set_token(static_cast<std::int32_t>(std::int64_t(id)), token);
    index_words();
    read_unknown(model);
    const std::string prefix = text_at(model, "continuing_subword_prefix", "");
    const std::string suffix = text_at(model, "end_of_word_suffix", "");
    read_merges(model["merges"], prefix.size());
    if (!prefix.empty() || !suffix.empty() || has_some_bytes_only()) use_character_bpe(prefix, suffix);
  }

  /** The peer asks for the unknown token only when it needs it: never where every byte has a token. */
  void read_unknown(const object& model) {
    if (is_null(model, "unk_token")) return;
    const std::string unknown = text_at(model, "unk_token", "");
    unknown_id_ = id_of(unknown);
    const bool has_every_byte = std::find(byte_ids_.begin(), byte_ids_.end(), -1) == byte_ids_.end();
    if (unknown_id_ || (has_every_byte && (is_byte_level_ || falls_back_to_bytes_))) return;
    throw Error(Kind::input, "the unknown token '" + unknown + "' is not in the vocabulary");
  }

  /** Whether a character may become the unknown token although others become bytes. */
  bool has_some_bytes_only() const {
    if (!falls_back_to_bytes_ || !unknown_id_) return false;
    const auto num_missing = std::count(byte_ids_.begin(), byte_ids_.end(), -1);
    return num_missing > 0 && num_missing < 256;
  }

  void use_character_bpe(const std::string& prefix, const std::string& suffix) {
    if (falls_back_to_bytes_ && !(prefix + suffix).empty()) refuse("BPE with byte_fallback and continuing_subword_prefix or end_of_word_suffix");
    CharacterBpeDefinition definition;
    definition.id_of = [this](const std::string& token) { return id_of_word(token); };
    definition.continuing_prefix = prefix;
    definition.end_suffix = suffix;
    definition.unknown_id = unknown_id_;
    definition.ignores_merges = ignores_merges_;
    definition.falls_back_to_bytes = falls_back_to_bytes_;
    definition.fuses_unknown = fuses_unknown_;
    character_bpe_.emplace(std::move(definition), std::move(merges_));
  }

  void read_unigram(const object& model, const simdjson::padded_string& bytes) {
    UnigramDefinition definition;
    definition.falls_back_to_bytes = flag_at(model, "byte_fallback", false);
    for (const element item : array(model["vocab"])) {
      definition.vocabulary.push_back({std::string(std::string_view(array(item).at(0))), double(array(item).at(1))});
      set_token(static_cast<std::int32_t>(definition.vocabulary.size() - 1), definition.vocabulary.back().token);
    }
    read_scores(bytes, definition);
    if (!is_null(model, "unk_id")) {
      const std::int64_t id = model["unk_id"];
      if (id < 0 || id >= vocabulary_size()) throw Error(Kind::input, fmt::format("the unk_id {} is not in the vocabulary", id));
      definition.unknown_id = static_cast<std::int32_t>(id);
    }
    unigram_.emplace(std::move(definition));
  }

  /** The scores as the peer reads them, from the text of the file: its last digit decides between equal cuts. */
  static void read_scores(const simdjson::padded_string& bytes, UnigramDefinition& definition) {
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document = parser.iterate(bytes);
    std::size_t id = 0;
    for (simdjson::ondemand::array entry : document["model"]["vocab"].get_array()) {
      auto field = entry.begin();
      ++field;
      std::string_view number = simdjson::ondemand::value(*field).raw_json_token();
      number = number.substr(0, number.find_first_of(" \t\r\n"));
      definition.vocabulary.at(id++).score = serde_number(number);
    }
  }

  /** Ids by the bytes a token stands for in a text, and the ids of single bytes. */
  void index_words() {
    id_by_word_.reserve(tokens_.size());
    for (std::size_t id = 0; id < tokens_.size(); ++id) {
      if (!has_token_[id]) continue;
      if (!is_byte_level_) {
        id_by_word_[tokens_[id]] = static_cast<std::int32_t>(id);
      } else if (const auto bytes = ByteAlphabet::get().bytes_of(tokens_[id])) {
        id_by_word_[*bytes] = static_cast<std::int32_t>(id);
      }
    }
    byte_ids_.fill(-1);
    for (int byte = 0; byte < 256; ++byte) {
      const auto id = is_byte_level_ ? id_of_word(std::string(1, static_cast<char>(byte))) : id_of(fmt::format("<0x{:02X}>", byte));
      if (id) byte_ids_[static_cast<std::size_t>(byte)] = *id;
    }
  }

  /** `prefix_bytes` of the right part are not of the merged token: those of the mark that it begins with. */
  void read_merges(const array& list, std::size_t prefix_bytes) {
    merges_.reserve(list.size());
    std::uint32_t rank = 0;
    for (const element item : list) {
      std::string_view left, right, both;
      if (item.get(both) == simdjson::SUCCESS) {
        if (both.starts_with("#version")) continue;
        const std::size_t blank = both.find(' ');
        if (blank == std::string_view::npos || both.find(' ', blank + 1) != std::string_view::npos) {
          throw Error(Kind::input, fmt::format("merge number {}, '{}', is not two tokens with a blank between", rank + 1, both));
        }
        left = both.substr(0, blank);
        right = both.substr(blank + 1);
      } else {
        const array pair = item;
        left = pair.at(0);
        right = pair.at(1);
      }
      const auto left_id = id_of(left);
      const auto right_id = id_of(right);
      const auto merged = id_of(std::string(left) + std::string(right.substr(std::min(prefix_bytes, right.size()))));
      if (!left_id || !right_id || !merged) {
        throw Error(Kind::input, fmt::format("merge number {}, '{} {}', has a part that is not in the vocabulary", rank + 1, left, right));
      }
      merges_.insert(*left_id, *right_id, {rank++, *merged});
    }
  }

  /** Those of the file, changed as the folder's configuration says: its flags count, and a special token stays special. */
  std::vector<AddedToken> added_tokens_of(const object& file) const {
    std::vector<AddedToken> added;
    if (!is_null(file, "added_tokens")) {
      for (const element item : array(file["added_tokens"])) added.push_back(added_token(item));
    }
    std::unordered_map<std::string, std::size_t> place_of;
    for (std::size_t i = 0; i < added.size(); ++i) place_of[added[i].content] = i;
    for (const AddedToken& token : config_.added_tokens) {
      const auto known = place_of.find(token.content);
      if (known == place_of.end()) {
        added.push_back(token);
        continue;
      }
      AddedToken& before = added[known->second];
      AddedToken changed = token;
      changed.id = before.id;
      changed.is_special = changed.is_special || before.is_special;
      before = std::move(changed);
    }
    std::erase_if(added, [](const AddedToken& token) { return token.content.empty(); });
    return added;
  }

  static AddedToken added_token(const object& entry) {
    AddedToken token;
    token.id = static_cast<std::int32_t>(std::int64_t(entry["id"]));
    token.content = text_at(entry, "content", "");
    token.is_special = flag_at(entry, "special", false);
    token.strips_left = flag_at(entry, "lstrip", false);
    token.strips_right = flag_at(entry, "rstrip", false);
    token.is_normalized = flag_at(entry, "normalized", !token.is_special);
    token.is_single_word = flag_at(entry, "single_word", false);
    return token;
  }

  void read_added_tokens(const object& file) {
    std::vector<AddedToken> added = added_tokens_of(file);
    std::vector<AddedToken> raw, normalized;
    for (AddedToken& token : added) {
      if (const auto known = id_of(token.content); known && *known != token.id) {
        throw Error(Kind::input, fmt::format("the added token '{}' has the id {}, and {} in the vocabulary", token.content, token.id, *known));
      }
      set_token(token.id, token.content);
      is_special_[static_cast<std::size_t>(token.id)] = token.is_special;
      if (!token.is_normalized) {
        raw.push_back(std::move(token));
        continue;
      }
      AlignedText content(token.content, 0);
      normalize(content);
      if (content.is_empty()) refuse("the added token '" + token.content + "', of which normalization leaves nothing,");
      if (content.text() != token.content) normalized_contents_[token.id] = content.text();  // what the peers decode to
      token.content = content.text();
      normalized.push_back(std::move(token));
    }
    raw_finder_ = AddedTokenFinder(std::move(raw));
    normalized_finder_ = AddedTokenFinder(std::move(normalized));
  }

  // ── encoding ────────────────────────────────────────────────────────────────────────────────────────────────────

  std::unique_ptr<Scratch> take_scratch() const {
    {
      const std::lock_guard lock(scratch_mutex_);
      if (!scratches_.empty()) {
        std::unique_ptr<Scratch> scratch = std::move(scratches_.back());
        scratches_.pop_back();
        return scratch;
      }
    }
    return std::make_unique<Scratch>();
  }
  void give_scratch_back(std::unique_ptr<Scratch> scratch) const {
    const std::lock_guard lock(scratch_mutex_);
    scratches_.push_back(std::move(scratch));
  }

  std::optional<std::int32_t> id_of_word(const std::string& word) const {
    const auto found = id_by_word_.find(word);
    if (found == id_by_word_.end()) return std::nullopt;
    return found->second;
  }

  /** What a token is decoded from: of an added token its normalized form. */
  const std::string& text_of(std::int32_t id) const {
    const auto normalized = normalized_contents_.find(id);
    return normalized == normalized_contents_.end() ? tokens_[static_cast<std::size_t>(id)] : normalized->second;
  }

  /** Whether decoding leaves it out. The peer asks that of the normalized form, which may be no special token's. */
  bool is_skipped(std::int32_t id) const {
    if (!normalized_contents_.contains(id)) return is_special(id);
    const auto same = id_of(text_of(id));
    return same && is_special(*same);
  }

  static void add(std::int32_t id, ByteRange range, Encoding& out) {
    out.ids.push_back(id);
    out.ranges.push_back(range);
  }
  static void add_fixed(const std::vector<std::int32_t>& ids, std::size_t at, Encoding& out) {
    for (const std::int32_t id : ids) add(id, {at, at}, out);
  }

  void normalize(AlignedText& text) const {
    for (const Normalizer& normalizer : normalizers_) normalizer(text);
  }

  /** The bytes of `aligned` that come from plain ranges of the input. */
  static std::vector<ByteRange> plain_in(const AlignedText& aligned, std::span<const ByteRange> plain_ranges) {
    std::vector<ByteRange> inside;
    for (std::size_t i = 0; i < aligned.size(); ++i) {
      const ByteRange source = aligned.source_of(i, i + 1);
      const auto range = std::partition_point(plain_ranges.begin(), plain_ranges.end(),
                                              [&](const ByteRange& plain) { return plain.end <= source.begin; });
      if (range == plain_ranges.end() || range->begin >= source.end) continue;
      if (!inside.empty() && inside.back().end == i) ++inside.back().end;
      else inside.push_back({i, i + 1});
    }
    return inside;
  }

  /** Cuts the added tokens out that are sought in normalized text, and encodes what lies between. */
  void encode_normalized(AlignedText& text, bool parse_special, std::span<const ByteRange> plain_ranges, Scratch& scratch,
                         Encoding& out) const {
    if (normalized_finder_.is_empty()) return encode_stretch(std::move(text), scratch, out);
    for (const Segment& part : normalized_finder_.split(text.text(), parse_special, plain_in(text, plain_ranges))) {
      if (part.id >= 0) add(part.id, text.source_of(part.bytes.begin, part.bytes.end), out);
      else encode_stretch(text.slice(part.bytes), scratch, out);
    }
  }

  void encode_stretch(AlignedText stretch, Scratch& scratch, Encoding& out) const {
    PieceList list(std::move(stretch));
    for (const PreTokenizer& step : pre_tokenizers_) step(list);
    for (const ByteRange& piece : list.pieces()) {
      const std::string_view word = std::string_view(list.text().text()).substr(piece.begin, piece.end - piece.begin);
      if (unigram_) {
        encode_unigram(list.text(), word, piece.begin, scratch, out);
        continue;
      }
      if (character_bpe_) add_symbols(character_bpe_->encode(word), list.text(), piece.begin, out);
      else add_symbols(encode_word(word, scratch), list.text(), piece.begin, out);
    }
  }

  static void add_symbols(std::span<const Symbol> symbols, const AlignedText& text, std::size_t at, Encoding& out) {
    for (const Symbol& symbol : symbols) {
      add(symbol.id, text.source_of_characters(at, at + symbol.num_bytes), out);
      at += symbol.num_bytes;
    }
  }

  void encode_unigram(const AlignedText& text, std::string_view word, std::size_t begin, Scratch& scratch, Encoding& out) const {
    scratch.piece_tokens.clear();
    unigram_->encode(word, scratch.piece_tokens);
    for (const PieceToken& token : scratch.piece_tokens) {
      add(token.id, text.source_of(begin + token.bytes.begin, begin + token.bytes.end), out);
    }
  }

  const std::vector<Symbol>& encode_word(std::string_view word, Scratch& scratch) const {
    constexpr std::size_t kMaxCachedBytes = 128;
    const bool is_cached = word.size() <= kMaxCachedBytes;
    const std::uint64_t hash = is_cached ? std::hash<std::string_view>{}(word) : 0;
    if (is_cached) {
      if (const std::vector<Symbol>* found = scratch.cache.find(word, hash)) return *found;
    }
    std::vector<Symbol>& symbols = scratch.symbols;
    symbols.clear();
    const auto whole = ignores_merges_ ? id_of_word(std::string(word)) : std::nullopt;
    if (whole) {
      symbols.push_back({*whole, static_cast<std::uint32_t>(word.size())});
    } else {
      if (is_byte_level_) add_bytes(word, symbols);
      else add_characters(word, symbols);
      merges_.apply(symbols);
    }
    if (is_cached) scratch.cache.put(word, hash, symbols);
    return symbols;
  }

  void add_unknown(std::size_t num_bytes, bool& was_unknown, std::vector<Symbol>& symbols) const {
    // Without an unknown token the peers drop the character; its bytes go to the token before, if any.
    if (!unknown_id_) {
      if (!symbols.empty()) symbols.back().num_bytes += static_cast<std::uint32_t>(num_bytes);
    } else if (was_unknown && fuses_unknown_) {
      symbols.back().num_bytes += static_cast<std::uint32_t>(num_bytes);
    } else {
      symbols.push_back({*unknown_id_, static_cast<std::uint32_t>(num_bytes)});
    }
    was_unknown = true;
  }

  void add_bytes(std::string_view word, std::vector<Symbol>& symbols) const {
    bool was_unknown = false;
    for (const char byte : word) {
      const std::int32_t id = byte_ids_[static_cast<unsigned char>(byte)];
      if (id < 0) {
        add_unknown(1, was_unknown, symbols);
      } else {
        symbols.push_back({id, 1});
        was_unknown = false;
      }
    }
  }

  void add_characters(std::string_view word, std::vector<Symbol>& symbols) const {
    bool was_unknown = false;
    for (std::size_t i = 0; i < word.size();) {
      const std::size_t length = character_bytes(word, i);
      const std::string_view character = word.substr(i, length);
      i += length;
      if (const auto id = id_of_word(std::string(character))) {
        symbols.push_back({*id, static_cast<std::uint32_t>(length)});
        was_unknown = false;
        continue;
      }
      const bool has_bytes = falls_back_to_bytes_ && std::all_of(character.begin(), character.end(), [&](char byte) {
        return byte_ids_[static_cast<unsigned char>(byte)] >= 0;
      });
      if (!has_bytes) {
        add_unknown(length, was_unknown, symbols);
        continue;
      }
      for (const char byte : character) symbols.push_back({byte_ids_[static_cast<unsigned char>(byte)], 1});
      was_unknown = false;
    }
  }

  TokenizerConfig config_;
  std::vector<std::string> tokens_;  // by id
  std::vector<bool> has_token_, is_special_;
  std::unordered_map<std::string, std::int32_t> id_by_token_;
  std::unordered_map<std::string, std::int32_t> id_by_word_;
  std::array<std::int32_t, 256> byte_ids_{};
  MergeTable merges_;
  std::optional<CharacterBpe> character_bpe_;
  std::optional<UnigramModel> unigram_;
  std::vector<Normalizer> normalizers_;
  std::vector<PreTokenizer> pre_tokenizers_;
  std::vector<Decoder> decoders_;
  FrameIds frame_;
  AddedTokenFinder raw_finder_, normalized_finder_;
  std::unordered_map<std::int32_t, std::string> normalized_contents_;  // of added tokens that normalization changes
  std::optional<std::int32_t> unknown_id_;
  bool is_byte_level_ = false, ignores_merges_ = false, falls_back_to_bytes_ = false, fuses_unknown_ = false;
  mutable std::mutex scratch_mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> scratches_;
};

}  // namespace

std::unique_ptr<Tokenizer> load_tokenizer_json(const std::filesystem::path& folder) { return std::make_unique<JsonTokenizer>(folder); }

}  // namespace intelia
