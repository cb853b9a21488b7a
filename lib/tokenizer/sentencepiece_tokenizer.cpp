// tokenizer.model (Llama 2, CodeLlama, Mistral) through the SentencePiece library, with the added tokens and the BOS
// and EOS settings of tokenizer_config.json. `legacy` as in transformers: true adds SentencePiece's leading space
// before every segment of text between control tokens, false only before a segment at the beginning of the text.
#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/hash.hpp"
#include "record/json_fwd.hpp"
#include "text/aligned_text.hpp"
#include "text/utf8.hpp"
#include "tokenizer/sentencepiece_check.hpp"
#include "tokenizer/tokenizer_files.hpp"

namespace intelia {

namespace {

constexpr std::string_view kBlank = "\xE2\x96\x81";  // ▁

// A second normalizer_spec (field 3 of ModelProto) with add_dummy_prefix (its field 3) off: protobuf merges it into the
// first. https://github.com/google/sentencepiece/blob/v0.1.97/src/sentencepiece_model.proto
constexpr std::string_view kNoDummyPrefix{"\x1a\x02\x18\x00", 4};

class SentencePieceTokenizer final : public Tokenizer {
 public:
  explicit SentencePieceTokenizer(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "tokenizer.model";
    const std::string model = read_member(folder, "tokenizer.model");
    TokenizerConfig config = read_tokenizer_config(folder);
    Sha256 hash;
    hash.update(model);
    hash.update(config.bytes);
    sha256_ = hash.finish();
    with_context(path.string(), [&] { check_sentencepiece_model(model); });
    load(processor_, model, path);
    load(processor_without_prefix_, model + std::string(kNoDummyPrefix), path);
    is_legacy_ = config.legacy.value_or(false);
    adds_prefix_ = config.add_prefix_space.value_or(true);
    read_added_tokens(config);
    drops_first_blank_ = drops_first_blank();
    if (!names_unknown(config)) unknown_surface_ = processor_.DecodeIds({processor_.unk_id()});
    bos_id_ = named(config, "bos_token", processor_.bos_id());
    eos_id_ = named(config, "eos_token", processor_.eos_id());
    pad_id_ = named(config, "pad_token", processor_.pad_id());
    if (config.add_bos_token.value_or(true)) prefix_id_ = bos_id_;
    if (config.add_eos_token.value_or(false)) suffix_id_ = eos_id_;
  }

  Encoding encode_with_ranges(std::string_view text, SpecialTokens special,
                              std::span<const ByteRange> plain_ranges) const override {
    std::string repaired;
    text = as_valid_utf8(text, repaired);
    Encoding out;
    const auto add = [&](std::int32_t id, ByteRange bytes) {
      out.ids.push_back(id);
      out.ranges.push_back(bytes);
    };
    if (special.add && prefix_id_) add(*prefix_id_, {0, 0});
    for (const Segment& segment : finder_.split(text, special.parse, plain_ranges)) {
      if (segment.id >= 0) {
        add(segment.id, segment.bytes);
        continue;
      }
      const bool has_prefix = adds_prefix_ && (is_legacy_ || segment.bytes.begin == 0);
      const auto& processor = has_prefix ? processor_ : processor_without_prefix_;
      const std::string_view stretch = text.substr(segment.bytes.begin, segment.bytes.end - segment.bytes.begin);
      const auto pieces = processor.EncodeAsImmutableProto({stretch.data(), stretch.size()});
      for (int i = 0; i < static_cast<int>(pieces.pieces_size()); ++i) {
        const auto piece = pieces.pieces(i);
        add(static_cast<std::int32_t>(piece.id()),
            whole_characters(text, segment.bytes.begin + piece.begin(), segment.bytes.begin + piece.end()));
      }
      spread_byte_pieces(out);
    }
    if (special.add && suffix_id_) add(*suffix_id_, {text.size(), text.size()});
    return out;
  }

  std::string decode(std::span<const std::int32_t> ids, bool skip_special) const override {
    std::string out, bytes;
    bool begins_with_unknown = false;
    const auto flush = [&] {
      if (is_valid_utf8(bytes)) {
        out += bytes;
      } else {
        for (std::size_t i = 0; i < bytes.size(); ++i) out += "\xEF\xBF\xBD";
      }
      bytes.clear();
    };
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= vocabulary_size() || (skip_special && is_special(id))) continue;
      const std::string token = token_of(id);
      unsigned byte = 0;
      if (is_byte(id) && std::from_chars(token.data() + 3, token.data() + 5, byte, 16).ec == std::errc()) {
        bytes += static_cast<char>(byte);
        continue;
      }
      flush();
      if (id == processor_.unk_id() && unknown_surface_) {
        begins_with_unknown = begins_with_unknown || out.empty();
        out += *unknown_surface_;
        continue;
      }
      for (std::size_t i = 0; i < token.size();) {
        if (token.compare(i, kBlank.size(), kBlank) == 0) {
          out += ' ';
          i += kBlank.size();
        } else {
          out += token[i++];
        }
      }
    }
    flush();
    if (adds_prefix_ && drops_first_blank_ && !begins_with_unknown && out.starts_with(' ')) out.erase(0, 1);
    return out;
  }

  std::int32_t vocabulary_size() const override { return vocabulary_size_; }
  std::optional<std::int32_t> id_of(std::string_view token) const override {
    if (const auto found = added_ids_.find(std::string(token)); found != added_ids_.end()) return found->second;
    const int id = processor_.PieceToId({token.data(), token.size()});
    if (id == processor_.unk_id() && processor_.IdToPiece(id) != token) return std::nullopt;
    return id;
  }
  std::string token_of(std::int32_t id) const override {
    if (const auto found = added_.find(id); found != added_.end()) return found->second.content;
    return id >= 0 && id < processor_.GetPieceSize() ? processor_.IdToPiece(id) : std::string();
  }
  bool is_special(std::int32_t id) const override {
    const auto found = added_.find(id);
    return found != added_.end() && found->second.is_special;
  }

 private:
  bool is_byte(std::int32_t id) const {
    return id < processor_.GetPieceSize() && !added_.contains(id) && processor_.IsByte(id);
  }

  /** Whether the model decodes the blank of a first word as nothing: not if it adds none (add_dummy_prefix). */
  bool drops_first_blank() const {
    for (int id = 0; id < processor_.GetPieceSize(); ++id) {
      const std::string_view piece = processor_.IdToPiece(id);
      if (piece.size() > kBlank.size() && piece.starts_with(kBlank) && piece[kBlank.size()] != kBlank[0])
        return !processor_.DecodeIds({id}).starts_with(' ');
    }
    return true;
  }

  /** Whether the configuration has the unknown token, which is then decoded as its text; SentencePiece writes ' ⁇ '. */
  bool names_unknown(const TokenizerConfig& config) const {
    const std::string unknown = processor_.IdToPiece(processor_.unk_id());
    const auto name = config.names.find("unk_token");
    return (name != config.names.end() && name->second == unknown) ||
           std::any_of(config.added_tokens.begin(), config.added_tokens.end(),
                       [&](const AddedToken& token) { return token.content == unknown; });
  }

  static void load(sentencepiece::SentencePieceProcessor& processor, const std::string& model,
                   const std::filesystem::path& path) {
    const auto status = processor.LoadFromSerializedProto(model);
    if (!status.ok()) {
      throw Error(Kind::input, path.string() + ": not a SentencePiece model: " + status.ToString());
    }
  }

  /** Added tokens of the configuration; without any, the model's own control pieces are the special tokens. */
  void read_added_tokens(const TokenizerConfig& config) {
    vocabulary_size_ = processor_.GetPieceSize();
    const auto add = [&](const AddedToken& token) {
      added_.insert_or_assign(token.id, token);
      added_ids_[token.content] = token.id;
      vocabulary_size_ = std::max(vocabulary_size_, token.id + 1);
    };
    for (int id = 0; id < processor_.GetPieceSize(); ++id) {
      if (processor_.IsControl(id) || processor_.IsUnknown(id))
        add({id, processor_.IdToPiece(id), true, false, false, false, false});
    }
    for (const AddedToken& token : config.added_tokens) add(token);
    std::vector<AddedToken> tokens;
    for (const auto& [id, token] : added_) tokens.push_back(token);
    finder_ = AddedTokenFinder(std::move(tokens));
  }

  std::optional<std::int32_t> named(const TokenizerConfig& config, const char* name, int fallback) const {
    if (const auto found = config.names.find(name); found != config.names.end())
      if (const auto id = id_of(found->second)) return id;
    if (fallback < 0) return std::nullopt;
    return fallback;
  }

  /** SentencePiece assigns a character's bytes to the last of its byte pieces; here each of them covers the character.
   */
  void spread_byte_pieces(Encoding& out) const {
    for (std::size_t i = out.ids.size(); i-- > 1;) {
      if (out.ranges[i - 1].begin == out.ranges[i - 1].end && is_byte(out.ids[i]) && is_byte(out.ids[i - 1])) {
        out.ranges[i - 1] = out.ranges[i];
      }
    }
  }

  sentencepiece::SentencePieceProcessor processor_, processor_without_prefix_;
  std::unordered_map<std::int32_t, AddedToken> added_;
  std::unordered_map<std::string, std::int32_t> added_ids_;
  AddedTokenFinder finder_;
  std::int32_t vocabulary_size_ = 0;
  std::optional<std::int32_t> prefix_id_, suffix_id_;
  bool is_legacy_ = false, adds_prefix_ = true, drops_first_blank_ = true;
  std::optional<std::string> unknown_surface_;  // what the unknown token is decoded as, if not as its text
};

}  // namespace

std::unique_ptr<Tokenizer> load_sentencepiece(const std::filesystem::path& folder) {
  return std::make_unique<SentencePieceTokenizer>(folder);
}

}  // namespace intelia
