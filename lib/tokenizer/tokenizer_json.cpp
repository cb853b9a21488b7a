// tokenizer.json of Hugging Face tokenizers 0.2x: combines its parts (normalizers, pre-tokenizers, model,
// post-processor, decoders, added tokens). Models BPE and Unigram. Every part of the file that affects ids is either
// implemented exactly or an error that names it. "truncation" and "padding" are ignored: transformers disables both
// unless a caller asks for them.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <unordered_map>

#include "base/checked_cast.hpp"
#include "base/error.hpp"
#include "base/excerpt.hpp"
#include "base/folder_member.hpp"
#include "base/hash.hpp"
#include "text/aligned_text.hpp"
#include "text/utf8.hpp"
#include "tokenizer/added_tokens.hpp"
#include "tokenizer/blank_form.hpp"
#include "tokenizer/bpe_model.hpp"
#include "tokenizer/byte_alphabet.hpp"
#include "tokenizer/character_bpe.hpp"
#include "tokenizer/decoders.hpp"
#include "tokenizer/json_fields.hpp"
#include "tokenizer/json_number.hpp"
#include "tokenizer/normalizers.hpp"
#include "tokenizer/post_processor.hpp"
#include "tokenizer/pre_tokenizers.hpp"
#include "tokenizer/scratch_pool.hpp"
#include "tokenizer/splitters.hpp"
#include "tokenizer/tokenizer_files.hpp"
#include "tokenizer/unigram.hpp"

namespace intelia {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/** Buffers of one thread for encoding. */
struct Scratch {
  BpeScratch words;
  std::vector<PieceToken> piece_tokens;
  std::string text;
};

class JsonTokenizer final : public Tokenizer {
 public:
  JsonTokenizer(const std::filesystem::path& folder, TokenizerRules rules) : rules_(rules) {
    const std::filesystem::path path = folder / "tokenizer.json";
    const std::string bytes = read_member(folder, "tokenizer.json");
    config_ = read_tokenizer_config(folder, rules);
    Sha256 hash;
    hash.update(bytes);
    hash.update(config_.bytes);
    sha256_ = hash.finish();
    with_context(path.string(), [&] {
      try {
        simdjson::dom::parser parser, parser_of_parts;
        const simdjson::padded_string padded(bytes);
        const object file = parser.parse(padded);
        if (config_.tokenizer_class == TokenizerClass::file)
          read(file, file, padded);
        else
          read(file, parser_of_parts.parse(config_.parts.dump()), padded);
      } catch (const simdjson::simdjson_error& error) {
        throw Error(Kind::input, std::string("not the JSON of a tokenizer: ") + error.what());
      }
    });
  }

  Encoding encode_with_ranges(std::string_view text, SpecialTokens special,
                              std::span<const ByteRange> plain_ranges) const override {
    std::string repaired;
    text = as_valid_utf8(text, repaired);
    Encoding out;
    out.ids.reserve(text.size() / 3 + 4);
    out.ranges.reserve(text.size() / 3 + 4);
    if (special.add) add_fixed(frame_.prefix, 0, out);
    const auto scratch = scratches_.take();
    for (const Segment& segment : raw_finder_.split(text, special.parse, plain_ranges)) {
      if (segment.id >= 0) {
        add(segment.id, segment.bytes, out);
        continue;
      }
      const std::string_view stretch = text.substr(segment.bytes.begin, segment.bytes.end - segment.bytes.begin);
      if (reads_text_as_it_is() && normalized_finder_.is_empty()) {
        encode_as_it_is(stretch, segment.bytes.begin, *scratch, out);
        continue;
      }
      AlignedText aligned(stretch, segment.bytes.begin);
      normalize(aligned);
      encode_normalized(aligned, special.parse, plain_ranges, *scratch, out);
    }
    if (special.add) add_fixed(frame_.suffix, text.size(), out);
    return out;
  }

  std::vector<std::int32_t> encode(std::string_view text, SpecialTokens special) const override {
    if (!splitter_) return Tokenizer::encode(text, special);
    std::string repaired;
    text = as_valid_utf8(text, repaired);
    std::vector<std::int32_t> ids;
    ids.reserve(text.size() / 3 + 4);
    if (special.add) ids = frame_.prefix;
    const auto scratch = scratches_.take();
    const auto encode_rest = [&](std::string_view stretch) {
      const bool is_first = stretch.data() == text.data();
      if (blank_form_ && blank_form_->is_prefixed(stretch, is_first)) {
        scratch->text = blank_form_->mark;
        stretch = scratch->text += stretch;
      }
      model_.encode_text(*splitter_, stretch, scratch->words, ids);
    };
    const auto id_or = [&](std::string_view whole, const Segment& segment, const auto& encode_other) {
      if (segment.id >= 0)
        ids.push_back(segment.id);
      else
        encode_other(whole.substr(segment.bytes.begin, segment.bytes.end - segment.bytes.begin));
    };
    raw_finder_.for_each_segment(text, special.parse, {}, [&](const Segment& segment) {
      id_or(text, segment, [&](std::string_view stretch) {
        normalized_finder_.for_each_segment(stretch, special.parse, {},
                                            [&](const Segment& part) { id_or(stretch, part, encode_rest); });
      });
    });
    if (special.add) ids.insert(ids.end(), frame_.suffix.begin(), frame_.suffix.end());
    return ids;
  }

  std::string decode(std::span<const std::int32_t> ids, bool skip_special) const override {
    std::vector<std::string> tokens;
    std::size_t num_bytes = 0;
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= vocabulary_size() || !has_token_[static_cast<std::size_t>(id)]) continue;
      if (skip_special && is_skipped(id)) continue;
      tokens.push_back(text_of(id));
      num_bytes += tokens.back().size();
    }
    for (const Decoder& decoder : decoders_) decoder(tokens, max_grown_bytes(num_bytes));
    std::string joined;
    for (std::size_t i = 0; i < tokens.size(); ++i) joined += (i > 0 && decoders_.empty() ? " " : "") + tokens[i];
    return joined;
  }

  std::int32_t vocabulary_size() const override { return static_cast<std::int32_t>(tokens_.size()); }
  std::int32_t embedded_size() const override { return embedded_size_; }
  std::optional<std::int32_t> id_of(std::string_view token) const override {
    const auto found = id_by_token_.find(token);
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
    constexpr std::int32_t kMaxId = 1 << 22;
    constexpr std::size_t kMaxTokenBytes = 16 << 10;
    if (id < 0 || id > kMaxId)
      throw Error(Kind::input,
                  fmt::format("the token '{}' has the id {}, not one from 0 to {}", excerpt(token), id, kMaxId));
    if (token.size() > kMaxTokenBytes)
      throw Error(Kind::input, fmt::format("the token '{}' has {} bytes, more than {}", excerpt(token), token.size(),
                                           kMaxTokenBytes));
    const auto index = static_cast<std::size_t>(id);
    if (index >= tokens_.size()) {
      tokens_.resize(index + 1);
      has_token_.resize(index + 1);
      is_special_.resize(index + 1);
    }
    tokens_[index] = token;
    has_token_[index] = true;
    id_by_token_[tokens_[index]] = id;
  }

  /** `parts` has normalizer, pre_tokenizer, decoder and the options of the model: `file`, or the rules of a class. */
  void read(const object& file, const object& parts, const simdjson::padded_string& bytes) {
    normalizers_ = read_normalizers(parts);
    read_model(file, parts, bytes);
    read_added_tokens(file);
    if (blank_form_ && !normalizers_.empty() && !normalized_finder_.is_empty()) {
      // Tokens that are matched in normalized text need their normalized form.
      blank_form_.reset();
      splitter_.reset();
    }
    frame_ = read_post_processor(file);
    check_ids(frame_.prefix);
    check_ids(frame_.suffix);
    decoders_ = read_decoders(parts);
    const auto name = [&](const char* key) -> std::optional<std::int32_t> {
      const auto found = config_.names.find(key);
      return found == config_.names.end() ? std::nullopt : id_of(found->second);
    };
    bos_id_ = name("bos_token");
    eos_id_ = name("eos_token");
    pad_id_ = name("pad_token");
    // transformers ignores add_bos_token and add_eos_token beside a tokenizer.json; two classes replace its template.
    if (config_.tokenizer_class == TokenizerClass::code_llama || config_.tokenizer_class == TokenizerClass::gpt_neox)
      frame_ = {};
    if (config_.tokenizer_class == TokenizerClass::code_llama && bos_id_) frame_.prefix.push_back(*bos_id_);
  }

  void check_ids(const std::vector<std::int32_t>& ids) const {
    for (const std::int32_t id : ids) {
      if (token_of(id).empty())
        throw Error(Kind::input, fmt::format("the post-processor adds the id {}, which is not in the vocabulary", id));
    }
  }

  void read_model(const object& file, const object& parts, const simdjson::padded_string& bytes) {
    const object model = file["model"], options = parts["model"];
    const std::string type = text_at(model, "type", is_null(model, "merges") ? "" : "BPE");
    if (config_.tokenizer_class != TokenizerClass::file && type != "BPE")
      refuse("a tokenizer_class that builds a BPE model beside the model " + type);
    const bool falls_back = flag_at(options, "byte_fallback", false);
    const std::string prefix = text_at(options, "continuing_subword_prefix", "");
    const std::string suffix = text_at(options, "end_of_word_suffix", "");
    const bool has_affix = !prefix.empty() || !suffix.empty();
    PreTokenizers pre_tokenizers = read_pre_tokenizers(parts, type == "BPE" && !falls_back && !has_affix);
    pre_tokenizers_ = std::move(pre_tokenizers.steps);
    if (normalizers_.empty() && pre_tokenizers.only_style && pre_tokenizers.ends_in_bytes)
      splitter_.emplace(*pre_tokenizers.only_style);
    if (type == "Unigram") return read_unigram(model, bytes);
    if (type != "BPE") refuse("the model " + (type.empty() ? std::string("without a type") : type));
    double dropout = 0;
    if (options["dropout"].get(dropout) == simdjson::SUCCESS && dropout != 0) refuse("BPE with dropout");
    BpeDefinition definition;
    definition.is_byte_level = pre_tokenizers.ends_in_bytes;
    definition.ignores_merges = flag_at(options, "ignore_merges", false);
    definition.falls_back_to_bytes = falls_back;
    definition.fuses_unknown = flag_at(options, "fuse_unk", false);
    const object vocabulary = model["vocab"];
    tokens_.reserve(vocabulary.size());
    for (const auto& [token, id] : vocabulary)
      set_token(checked_cast<std::int32_t>(std::int64_t(id), "a token id of the vocabulary"), token);
    index_words(definition);
    read_unknown(options, definition);
    read_merges(model["merges"], prefix.size(), definition);
    if (has_affix || has_some_bytes_only(definition)) {
      use_character_bpe(prefix, suffix, std::move(definition));
    } else {
      const auto form = read_blank_form(parts);
      if (form) definition.blank_mark = form->mark;
      model_ = BpeModel(std::move(definition));
      if (form && (form->splits || model_.may_cut_before_blanks())) {
        blank_form_ = form;
        splitter_.emplace(SplitStyle{form->splits ? SplitStyle::Family::marks : SplitStyle::Family::blanks});
      }
    }
  }

  /** tokenizers requires the unknown token only when it is used: never where every byte has a token. */
  void read_unknown(const object& model, BpeDefinition& definition) const {
    if (is_null(model, "unk_token")) return;
    const std::string unknown = text_at(model, "unk_token", "");
    definition.unknown_id = id_of(unknown);
    const auto& bytes = definition.byte_ids;
    const bool has_every_byte = std::find(bytes.begin(), bytes.end(), -1) == bytes.end();
    if (definition.unknown_id || (has_every_byte && (definition.is_byte_level || definition.falls_back_to_bytes)))
      return;
    throw Error(Kind::input, "the unknown token '" + unknown + "' is not in the vocabulary");
  }

  /** Whether a character may become the unknown token although others become bytes. */
  static bool has_some_bytes_only(const BpeDefinition& definition) {
    if (!definition.falls_back_to_bytes || !definition.unknown_id) return false;
    const auto num_missing = std::count(definition.byte_ids.begin(), definition.byte_ids.end(), -1);
    return num_missing > 0 && num_missing < 256;
  }

  void use_character_bpe(const std::string& prefix, const std::string& suffix, BpeDefinition model) {
    if (model.falls_back_to_bytes && !(prefix + suffix).empty())
      refuse("BPE with byte_fallback and continuing_subword_prefix or end_of_word_suffix");
    splitter_.reset();
    MergeTable merges;
    merges.reserve(model.merges.size());
    for (const BpeMerge& merge : model.merges) merges.insert(merge.left, merge.right, merge.rank, merge.merged);
    CharacterBpeDefinition definition;
    definition.id_of = [ids = std::move(model.ids)](const std::string& token) -> std::optional<std::int32_t> {
      const auto found = ids.find(token);
      if (found == ids.end()) return std::nullopt;
      return found->second;
    };
    definition.continuing_prefix = prefix;
    definition.end_suffix = suffix;
    definition.unknown_id = model.unknown_id;
    definition.ignores_merges = model.ignores_merges;
    definition.falls_back_to_bytes = model.falls_back_to_bytes;
    definition.fuses_unknown = model.fuses_unknown;
    character_bpe_.emplace(std::move(definition), std::move(merges));
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
      if (id < 0 || id >= vocabulary_size())
        throw Error(Kind::input, fmt::format("the unk_id {} is not in the vocabulary", id));
      definition.unknown_id = static_cast<std::int32_t>(id);
    }
    unigram_.emplace(std::move(definition));
  }

  /** The scores as tokenizers parses them, from the text of the file: the last digit decides between equal
   * segmentations. */
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

  /** Ids by the bytes of a token in a text, and the ids of single bytes. */
  void index_words(BpeDefinition& definition) const {
    definition.ids.reserve(tokens_.size());
    for (std::size_t id = 0; id < tokens_.size(); ++id) {
      if (!has_token_[id]) continue;
      if (!definition.is_byte_level) {
        definition.ids[tokens_[id]] = static_cast<std::int32_t>(id);
      } else if (const auto bytes = ByteAlphabet::get().bytes_of(tokens_[id])) {
        definition.ids[*bytes] = static_cast<std::int32_t>(id);
      }
    }
    definition.byte_ids.fill(-1);
    for (int byte = 0; byte < 256; ++byte) {
      const std::string bytes =
          definition.is_byte_level ? std::string(1, static_cast<char>(byte)) : fmt::format("<0x{:02X}>", byte);
      if (const auto found = definition.ids.find(bytes); found != definition.ids.end()) {
        definition.byte_ids[static_cast<std::size_t>(byte)] = found->second;
      }
    }
  }

  /** The first `prefix_bytes` of the right part, its continuation mark, are not in the merged token. */
  void read_merges(const array& list, std::size_t prefix_bytes, BpeDefinition& definition) const {
    definition.merges.reserve(list.size());
    std::uint32_t rank = 0;
    std::string both_parts;
    for (const element item : list) {
      std::string_view left, right, both;
      if (item.get(both) == simdjson::SUCCESS) {
        if (both.starts_with("#version")) continue;
        const std::size_t blank = both.find(' ');
        if (blank == std::string_view::npos || both.find(' ', blank + 1) != std::string_view::npos) {
          throw Error(Kind::input,
                      fmt::format("merge number {}, '{}', is not two tokens separated by a space", rank + 1, both));
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
      both_parts = left;
      both_parts += right.substr(std::min(prefix_bytes, right.size()));
      const auto merged = id_of(both_parts);
      if (!left_id || !right_id || !merged) {
        throw Error(Kind::input, fmt::format("merge number {}, '{} {}', has a part that is not in the vocabulary",
                                             rank + 1, left, right));
      }
      definition.merges.push_back({*left_id, *right_id, *merged, rank++});
    }
  }

  /** Those of the file, with what transformers adds to them from the folder's configuration. */
  std::vector<AddedToken> added_tokens_of(const object& file) const {
    std::vector<AddedToken> of_file;
    if (!is_null(file, "added_tokens")) {
      for (const element item : array(file["added_tokens"])) of_file.push_back(added_token(item));
    }
    if (rules_ == TokenizerRules::file) return of_file;
    // A class that builds its own tokenizer knows only the tokens that it is given.
    const bool is_rebuilt = config_.tokenizer_class != TokenizerClass::file;
    AddedTokens added(is_rebuilt ? std::vector<AddedToken>() : of_file, *this);
    const std::vector<AddedToken> configured =
        config_.has_added_tokens_decoder ? config_.added_tokens : merged_by_id(config_.added_tokens, of_file);
    for (const AddedToken& token : configured) added.put(token);
    for (const AddedToken& token : config_.special_tokens)
      if (!added.contains(token.content)) added.put(token);
    if (config_.tokenizer_class == TokenizerClass::qwen2)
      for (const AddedToken& token : config_.special_tokens) added.put(plain_special_token(token.content));
    return added.take();
  }

  static AddedToken plain_special_token(const std::string& content) {
    return {-1, content, /*is_special=*/true, false, false, /*is_normalized=*/false, false};
  }

  /** `tokens` and those of the file, which win where both have an id; by id. */
  static std::vector<AddedToken> merged_by_id(const std::vector<AddedToken>& tokens,
                                              const std::vector<AddedToken>& of_file) {
    std::map<std::int32_t, AddedToken> by_id;
    for (const AddedToken& token : tokens) by_id[token.id] = token;
    for (const AddedToken& token : of_file) by_id[token.id] = token;
    std::vector<AddedToken> merged;
    for (auto& [id, token] : by_id) merged.push_back(std::move(token));
    return merged;
  }

  /** The list that tokenizers keeps: a token that is put again changes its flags and stays special; a new one gets the
     id of the vocabulary, or the next free one. */
  class AddedTokens {
   public:
    AddedTokens(std::vector<AddedToken> tokens, const JsonTokenizer& tokenizer)
        : tokens_(std::move(tokens)),
          tokenizer_(&tokenizer),
          next_id_(static_cast<std::int32_t>(tokenizer.id_by_token_.size())) {
      for (std::size_t i = 0; i < tokens_.size(); ++i) {
        slot_of_[tokens_[i].content] = i;
        next_id_ = std::max(next_id_, tokens_[i].id + 1);
      }
    }
    bool contains(const std::string& content) const { return slot_of_.contains(content); }
    void put(AddedToken token) {
      if (token.content.empty()) return;
      const auto known = slot_of_.find(token.content);
      if (known != slot_of_.end()) {
        AddedToken& before = tokens_[known->second];
        token.id = before.id;
        token.is_special = token.is_special || before.is_special || tokenizer_->is_named(token.content);
        before = std::move(token);
        return;
      }
      token.is_special = token.is_special || tokenizer_->is_named(token.content);
      token.id = tokenizer_->id_of(token.content).value_or(next_id_);
      next_id_ = std::max(next_id_, token.id + 1);
      slot_of_[token.content] = tokens_.size();
      tokens_.push_back(std::move(token));
    }
    std::vector<AddedToken> take() {
      std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
      return std::move(tokens_);
    }

   private:
    std::vector<AddedToken> tokens_;
    std::unordered_map<std::string, std::size_t> slot_of_;
    const JsonTokenizer* tokenizer_;
    std::int32_t next_id_;
  };

  bool is_named(const std::string& content) const {
    return std::any_of(config_.names.begin(), config_.names.end(),
                       [&](const auto& entry) { return entry.second == content; });
  }

  static AddedToken added_token(const object& entry) {
    AddedToken token;
    token.id = checked_cast<std::int32_t>(std::int64_t(entry["id"]), "the id of an added token");
    token.content = text_at(entry, "content", "");
    token.is_special = flag_at(entry, "special", false);
    token.strips_left = flag_at(entry, "lstrip", false);
    token.strips_right = flag_at(entry, "rstrip", false);
    token.is_normalized = flag_at(entry, "normalized", !token.is_special);
    token.is_single_word = flag_at(entry, "single_word", false);
    return token;
  }

  /** The ids of the vocabulary, and of the added tokens that a file contains with their ids. */
  void count_embedded(const object& file) {
    embedded_size_ = vocabulary_size();
    const auto count = [&](std::int32_t id) { embedded_size_ = std::max(embedded_size_, id + 1); };
    if (!is_null(file, "added_tokens"))
      for (const element item : array(file["added_tokens"])) count(added_token(item).id);
    if (rules_ == TokenizerRules::transformers)
      for (const AddedToken& token : config_.added_tokens) count(token.id);
  }

  void read_added_tokens(const object& file) {
    std::vector<AddedToken> added = added_tokens_of(file);
    count_embedded(file);
    std::vector<AddedToken> raw, normalized;
    for (AddedToken& token : added) {
      if (const auto known = id_of(token.content); known && *known != token.id) {
        throw Error(Kind::input, fmt::format("the added token '{}' has the id {}, and {} in the vocabulary",
                                             token.content, token.id, *known));
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
      if (content.text() != token.content)
        normalized_contents_[token.id] = content.text();  // the result of decoding, as in tokenizers
      token.content = content.text();
      normalized.push_back(std::move(token));
    }
    raw_finder_ = AddedTokenFinder(std::move(raw));
    normalized_finder_ = AddedTokenFinder(std::move(normalized));
  }

  // ── encoding ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The text that a token is decoded from: of an added token its normalized form. */
  const std::string& text_of(std::int32_t id) const {
    const auto normalized = normalized_contents_.find(id);
    return normalized == normalized_contents_.end() ? tokens_[static_cast<std::size_t>(id)] : normalized->second;
  }

  /** Whether decoding skips it. As in tokenizers, this depends on the normalized form, which may not be a special
   * token. */
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
      if (!inside.empty() && inside.back().end == i)
        ++inside.back().end;
      else
        inside.push_back({i, i + 1});
    }
    return inside;
  }

  /** Splits off the added tokens that are matched in normalized text, and encodes the rest. */
  void encode_normalized(AlignedText& text, bool parse_special, std::span<const ByteRange> plain_ranges,
                         Scratch& scratch, Encoding& out) const {
    if (normalized_finder_.is_empty()) return encode_stretch(std::move(text), scratch, out);
    for (const Segment& part : normalized_finder_.split(text.text(), parse_special, plain_in(text, plain_ranges))) {
      if (part.id >= 0)
        add(part.id, text.source_of(part.bytes.begin, part.bytes.end), out);
      else
        encode_stretch(text.slice(part.bytes), scratch, out);
    }
  }

  void encode_stretch(AlignedText stretch, Scratch& scratch, Encoding& out) const {
    if (reads_text_as_it_is()) return encode_as_it_is(stretch.text(), stretch.source_of(0, 1).begin, scratch, out);
    PieceList list(std::move(stretch));
    for (const PreTokenizer& step : pre_tokenizers_) step(list);
    for (const ByteRange& piece : list.pieces()) {
      const std::string_view word = std::string_view(list.text().text()).substr(piece.begin, piece.end - piece.begin);
      if (unigram_) {
        encode_unigram(list.text(), word, piece.begin, scratch, out);
        continue;
      }
      if (character_bpe_)
        add_symbols(character_bpe_->encode(word), list.text(), piece.begin, out);
      else
        add_symbols(model_.encode_word(word, scratch.words), list.text(), piece.begin, out);
    }
  }

  /** Whether nothing changes a text before the model, and the lengths of tokens follow from their ids. */
  bool reads_text_as_it_is() const { return splitter_ && !blank_form_ && model_.has_fixed_lengths(); }

  /** `stretch` begins at byte `offset` of the input. */
  void encode_as_it_is(std::string_view stretch, std::size_t offset, Scratch& scratch, Encoding& out) const {
    const std::size_t num_before = out.ids.size();
    model_.encode_text(*splitter_, stretch, scratch.words, out.ids);
    out.ranges.resize(out.ids.size());
    const auto is_inside_character = [&](std::size_t at) {
      return at < stretch.size() && (static_cast<unsigned char>(stretch[at]) & 0xC0) == 0x80;
    };
    std::size_t begin = 0;
    bool is_begin_inside = false;
    for (std::size_t i = num_before; i < out.ids.size(); ++i) {
      const std::size_t end = begin + model_.bytes_of(out.ids[i]);
      const bool is_end_inside = is_inside_character(end);
      ByteRange range{begin, end};
      if (is_begin_inside || is_end_inside) [[unlikely]]
        range = whole_characters(stretch, begin, end);
      out.ranges[i] = {offset + range.begin, offset + range.end};
      begin = end;
      is_begin_inside = is_end_inside;
    }
  }

  static void add_symbols(std::span<const Symbol> symbols, const AlignedText& text, std::size_t at, Encoding& out) {
    for (const Symbol& symbol : symbols) {
      add(symbol.id, text.source_of_characters(at, at + symbol.num_bytes), out);
      at += symbol.num_bytes;
    }
  }

  void encode_unigram(const AlignedText& text, std::string_view word, std::size_t begin, Scratch& scratch,
                      Encoding& out) const {
    scratch.piece_tokens.clear();
    unigram_->encode(word, scratch.piece_tokens);
    for (const PieceToken& token : scratch.piece_tokens) {
      add(token.id, text.source_of(begin + token.bytes.begin, begin + token.bytes.end), out);
    }
  }

  const TokenizerRules rules_;
  TokenizerConfig config_;
  std::vector<std::string> tokens_;  // by id
  std::vector<bool> has_token_, is_special_;
  IdByBytes id_by_token_;
  BpeModel model_;
  std::optional<CharacterBpe> character_bpe_;
  std::optional<UnigramModel> unigram_;
  std::vector<Normalizer> normalizers_;
  std::vector<PreTokenizer> pre_tokenizers_;
  std::vector<Decoder> decoders_;
  FrameIds frame_;
  std::int32_t embedded_size_ = 0;
  AddedTokenFinder raw_finder_, normalized_finder_;
  std::unordered_map<std::int32_t, std::string> normalized_contents_;  // of added tokens that normalization changes
  std::optional<BlankForm> blank_form_;
  std::optional<TextSplitter> splitter_;  // where text goes to the model unchanged, split by a published pattern
  mutable ScratchPool<Scratch> scratches_;
};

}  // namespace

std::unique_ptr<Tokenizer> load_tokenizer_json(const std::filesystem::path& folder, TokenizerRules rules) {
  return std::make_unique<JsonTokenizer>(folder, rules);
}

}  // namespace intelia
