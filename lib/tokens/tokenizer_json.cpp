// tokenizer.json of Hugging Face tokenizers 0.2x: puts its parts together (normalizers, pre-tokenizers, model, post-processor,
// decoders, added tokens). Models BPE and Unigram. Every part of the file that changes ids is either done exactly or refused
// by name. Its "truncation" and "padding" are not looked at: transformers switches both off unless a caller asks for them.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "tokens/added_tokens.hpp"
#include "tokens/aligned_text.hpp"
#include "tokens/bpe_model.hpp"
#include "tokens/byte_alphabet.hpp"
#include "tokens/decoders.hpp"
#include "tokens/json_fields.hpp"
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

/** `score` as tokenizers reads it: serde_json divides the digits of a number by a power of ten, in doubles, and so misses the
    nearest double by a bit now and then, on which the choice between equally likely cuts hangs. */
double as_read_by_the_peer(double score) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(score), std::chars_format::scientific).ptr;
  const char* exponent_mark = std::find(text.data(), end, 'e');
  std::uint64_t digits = 0;
  int exponent = 0;
  std::from_chars(exponent_mark + (exponent_mark[1] == '+' ? 2 : 1), end, exponent);
  for (const char* digit = text.data(); digit < exponent_mark; ++digit) {
    if (*digit == '.') continue;
    digits = digits * 10 + static_cast<std::uint64_t>(*digit - '0');
    if (digit > text.data()) --exponent;
  }
  const double power = std::pow(10.0, std::abs(exponent));
  const double value = exponent < 0 ? static_cast<double>(digits) / power : static_cast<double>(digits) * power;
  return std::copysign(value, score);
}

/** What one thread needs while it encodes. */
struct Scratch {
  BpeScratch words;
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
        read(parser.parse(simdjson::padded_string(bytes)));
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
      if (skip_special && is_special(id)) continue;
      const auto normalized = normalized_contents_.find(id);
      tokens.push_back(normalized == normalized_contents_.end() ? tokens_[static_cast<std::size_t>(id)] : normalized->second);
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

  void read(const object& file) {
    normalizers_ = read_normalizers(file);
    read_model(file);
    read_added_tokens(file);
    frame_ = read_post_processor(file);
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

  void read_model(const object& file) {
    const object model = file["model"];
    const std::string type = text_at(model, "type", is_null(model, "merges") ? "" : "BPE");
    const bool falls_back = flag_at(model, "byte_fallback", false);
    PreTokenizers pre_tokenizers = read_pre_tokenizers(file, type == "BPE" && !falls_back);
    pre_tokenizers_ = std::move(pre_tokenizers.steps);
    is_byte_level_ = pre_tokenizers.ends_in_bytes;
    if (type == "Unigram") return read_unigram(model);
    if (type != "BPE") refuse("the model " + (type.empty() ? std::string("without a type") : type));
    double dropout = 0;
    if (model["dropout"].get(dropout) == simdjson::SUCCESS && dropout != 0) refuse("BPE with dropout");
    for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
      if (!text_at(model, affix, "").empty()) refuse(std::string("BPE with ") + affix);
    }
    BpeDefinition definition;
    definition.is_byte_level = is_byte_level_;
    definition.ignores_merges = flag_at(model, "ignore_merges", false);
    definition.falls_back_to_bytes = falls_back;
    definition.fuses_unknown = flag_at(model, "fuse_unk", false);
    const object vocabulary = model["vocab"];
    tokens_.reserve(vocabulary.size());
    for (const auto& [token, id] : vocabulary) set_token(static_cast<std::int32_t>(std::int64_t(id)), token);
    if (!is_null(model, "unk_token")) {
      const std::string unknown = text_at(model, "unk_token", "");
      definition.unknown_id = id_of(unknown);
      if (!definition.unknown_id) throw Error(Kind::input, "the unknown token '" + unknown + "' is not in the vocabulary");
    }
    index_words(definition);
    read_merges(model["merges"], definition);
    bpe_ = BpeModel(std::move(definition));
  }

  void read_unigram(const object& model) {
    UnigramDefinition definition;
    definition.falls_back_to_bytes = flag_at(model, "byte_fallback", false);
    for (const element item : array(model["vocab"])) {
      const array entry = item;
      definition.vocabulary.push_back({std::string(std::string_view(entry.at(0))), as_read_by_the_peer(entry.at(1))});
      set_token(static_cast<std::int32_t>(definition.vocabulary.size() - 1), definition.vocabulary.back().token);
    }
    if (!is_null(model, "unk_id")) {
      const std::int64_t id = model["unk_id"];
      if (id < 0 || id >= vocabulary_size()) throw Error(Kind::input, fmt::format("the unk_id {} is not in the vocabulary", id));
      definition.unknown_id = static_cast<std::int32_t>(id);
    }
    unigram_.emplace(std::move(definition));
  }

  /** Ids by the bytes a token stands for in a text, and the ids of single bytes. */
  void index_words(BpeDefinition& definition) const {
    definition.ids.reserve(tokens_.size());
    for (std::size_t id = 0; id < tokens_.size(); ++id) {
      if (!has_token_[id]) continue;
      if (!is_byte_level_) {
        definition.ids[tokens_[id]] = static_cast<std::int32_t>(id);
      } else if (const auto bytes = ByteAlphabet::get().bytes_of(tokens_[id])) {
        definition.ids[*bytes] = static_cast<std::int32_t>(id);
      }
    }
    definition.byte_ids.fill(-1);
    for (int byte = 0; byte < 256; ++byte) {
      const std::string bytes = is_byte_level_ ? std::string(1, static_cast<char>(byte)) : fmt::format("<0x{:02X}>", byte);
      if (const auto found = definition.ids.find(bytes); found != definition.ids.end()) {
        definition.byte_ids[static_cast<std::size_t>(byte)] = found->second;
      }
    }
  }

  void read_merges(const array& list, BpeDefinition& definition) const {
    definition.merges.reserve(list.size());
    std::uint32_t rank = 0;
    for (const element item : list) {
      std::string_view left, right, both;
      if (item.get(both) == simdjson::SUCCESS) {
        const std::size_t blank = both.find(' ');
        if (blank == std::string_view::npos) throw Error(Kind::input, fmt::format("merge number {} has no blank", rank + 1));
        left = both.substr(0, blank);
        right = both.substr(blank + 1);
      } else {
        const array pair = item;
        left = pair.at(0);
        right = pair.at(1);
      }
      const auto left_id = id_of(left);
      const auto right_id = id_of(right);
      const auto merged = id_of(std::string(left) + std::string(right));
      if (!left_id || !right_id || !merged) {
        throw Error(Kind::input, fmt::format("merge number {}, '{} {}', has a part that is not in the vocabulary", rank + 1, left, right));
      }
      definition.merges.push_back({*left_id, *right_id, *merged, rank++});
    }
  }

  void read_added_tokens(const object& file) {
    std::vector<AddedToken> added;
    if (!is_null(file, "added_tokens")) {
      for (const element item : array(file["added_tokens"])) {
        const object entry = item;
        AddedToken token;
        token.id = static_cast<std::int32_t>(std::int64_t(entry["id"]));
        token.content = text_at(entry, "content", "");
        token.is_special = flag_at(entry, "special", false);
        token.strips_left = flag_at(entry, "lstrip", false);
        token.strips_right = flag_at(entry, "rstrip", false);
        token.is_normalized = flag_at(entry, "normalized", !token.is_special);
        token.is_single_word = flag_at(entry, "single_word", false);
        added.push_back(std::move(token));
      }
    }
    for (const AddedToken& token : config_.added_tokens) {
      const bool is_known = std::any_of(added.begin(), added.end(), [&](const AddedToken& other) { return other.content == token.content; });
      if (!is_known) added.push_back(token);
    }
    std::vector<AddedToken> raw, normalized;
    for (AddedToken& token : added) {
      set_token(token.id, token.content);
      is_special_[static_cast<std::size_t>(token.id)] = token.is_special;
      if (!token.is_normalized) {
        raw.push_back(std::move(token));
        continue;
      }
      AlignedText content(token.content, 0);
      normalize(content);
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
      std::size_t at = piece.begin;
      for (const Symbol& symbol : bpe_.encode_word(word, scratch.words)) {
        add(symbol.id, list.text().source_of_characters(at, at + symbol.num_bytes), out);
        at += symbol.num_bytes;
      }
    }
  }

  void encode_unigram(const AlignedText& text, std::string_view word, std::size_t begin, Scratch& scratch, Encoding& out) const {
    scratch.piece_tokens.clear();
    unigram_->encode(word, scratch.piece_tokens);
    for (const PieceToken& token : scratch.piece_tokens) {
      add(token.id, text.source_of(begin + token.bytes.begin, begin + token.bytes.end), out);
    }
  }

  TokenizerConfig config_;
  std::vector<std::string> tokens_;  // by id
  std::vector<bool> has_token_, is_special_;
  std::unordered_map<std::string, std::int32_t> id_by_token_;
  BpeModel bpe_;
  std::optional<UnigramModel> unigram_;
  std::vector<Normalizer> normalizers_;
  std::vector<PreTokenizer> pre_tokenizers_;
  std::vector<Decoder> decoders_;
  FrameIds frame_;
  AddedTokenFinder raw_finder_, normalized_finder_;
  std::unordered_map<std::int32_t, std::string> normalized_contents_;  // of added tokens that normalization changes
  bool is_byte_level_ = false;
  mutable std::mutex scratch_mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> scratches_;
};

}  // namespace

std::unique_ptr<Tokenizer> load_tokenizer_json(const std::filesystem::path& folder) { return std::make_unique<JsonTokenizer>(folder); }

}  // namespace intelia
