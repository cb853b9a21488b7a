#include "tokenizer/vocabulary.hpp"

#include <fmt/format.h>
#include <sentencepiece_processor.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <unordered_map>

#include "base/checked_cast.hpp"
#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "tokenizer/json_fields.hpp"
#include "tokenizer/rank_tokenizer.hpp"
#include "tokenizer/sentencepiece_check.hpp"
#include "tokenizer/tokenizer.hpp"
#include "tokenizer/tokenizer_files.hpp"

namespace intelia {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr float kAddedScore = -1000;                 // as llama.cpp's converter gives added tokens
constexpr std::string_view kBlank = "\xE2\x96\x81";  // ▁
constexpr const char* kSpecialNames[] = {"bos", "eos", "unk", "sep", "pad", "cls", "mask"};
constexpr std::int32_t kMaxId = 1 << 22;

/** Added tokens that models mark as text and use as control tokens (does_token_look_special of llama.cpp's converter).
 */
bool looks_like_control(const std::string& text) {
  const auto is_within = [&](std::string_view begin, std::string_view end) {
    return text.starts_with(begin) && text.ends_with(end);
  };
  for (const char* known : {"<pad>", "<mask>", "<2mass>", "[@BOS@]"})
    if (text == known) return true;
  return is_within("<|", "|>") || is_within("<｜", "｜>") || is_within("<unused", ">");
}

/** Text that users type has spaces, not marks. */
std::string with_spaces(std::string text) {
  for (std::size_t at = text.find(kBlank); at != std::string::npos; at = text.find(kBlank, at + 1))
    text.replace(at, kBlank.size(), " ");
  return text;
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& folder)
      : folder_(folder), config_(read_tokenizer_config(folder)), tokenizer_(Tokenizer::load(folder)) {}

  Vocabulary read() {
    const std::filesystem::path pieces = folder_ / "tokenizer.model";
    const bool has_json = path_type(folder_ / "tokenizer.json") != PathType::missing;
    if (path_type(pieces) != PathType::missing && !is_tiktoken_file(pieces))
      read_pieces();
    else if (has_json)
      read_json();
    else
      throw Error(Kind::input, folder_.string() +
                                   ": its tokenizer has neither a tokenizer.json nor a SentencePiece tokenizer.model; "
                                   "save it with transformers as tokenizer.json");
    read_special_ids();
    vocabulary_.adds_space_inside = vocabulary_.adds_space_prefix && adds_space_behind_control();
    const std::vector<std::int32_t> frame = tokenizer_->encode("", {.parse = false, .add = true});
    const auto holds = [&](const char* name, std::int32_t id) {
      return vocabulary_.special_ids.contains(name) && vocabulary_.special_ids[name] == id;
    };
    vocabulary_.adds_bos = !frame.empty() && holds("bos", frame.front());
    vocabulary_.adds_eos = !frame.empty() && holds("eos", frame.back()) && !(frame.size() == 1 && vocabulary_.adds_bos);
    return std::move(vocabulary_);
  }

 private:
  VocabularyToken& token_at(std::int32_t id, const char* where) {
    if (id < 0 || id > kMaxId)
      throw Error(Kind::input, fmt::format("{}: {} has the id {}", folder_.string(), where, id));
    if (static_cast<std::size_t>(id) >= vocabulary_.tokens.size())
      vocabulary_.tokens.resize(static_cast<std::size_t>(id) + 1);
    return vocabulary_.tokens[static_cast<std::size_t>(id)];
  }

  // ── SentencePiece ───────────────────────────────────────────────────────────────────────────────────────────────

  void read_pieces() {
    const std::string model = read_member(folder_, "tokenizer.model");
    const std::string name = (folder_ / "tokenizer.model").string();
    const SentencepieceTraits traits = sentencepiece_traits(model);
    if (!traits.is_bpe)
      throw Error(Kind::input, name + ": a Unigram model, which llama.cpp would tokenize as BPE; it is not supported");
    vocabulary_.kind = Vocabulary::Kind::sentencepiece;
    vocabulary_.has_file_of_pieces = true;
    vocabulary_.adds_space_prefix = traits.adds_dummy_prefix && config_.add_prefix_space.value_or(true);
    sentencepiece::SentencePieceProcessor processor;
    if (const auto status = processor.LoadFromSerializedProto(model); !status.ok())
      throw Error(Kind::input, name + ": " + std::string(status.error_message()));
    for (int id = 0; id < processor.GetPieceSize(); ++id) {
      const TokenKind kind = processor.IsUnknown(id)   ? TokenKind::unknown
                             : processor.IsControl(id) ? TokenKind::control
                             : processor.IsUnused(id)  ? TokenKind::unused
                             : processor.IsByte(id)    ? TokenKind::byte
                                                       : TokenKind::normal;
      token_at(id, "a piece") = {processor.IdToPiece(id), processor.GetScore(id), kind};
    }
    for (const AddedToken& token : config_.added_tokens) {
      VocabularyToken& entry = token_at(token.id, "an added token");
      const bool is_control = token.is_special || looks_like_control(token.content);
      // Those of added_tokens.json have no flags of their own; the configuration names the control tokens.
      entry = {is_control ? token.content : with_spaces(token.content), kAddedScore,
               is_control ? TokenKind::control : TokenKind::added};
    }
  }

  /** A BPE with byte fallback on text whose spaces are marks: SentencePiece's, converted to tokenizer.json. */
  void read_converted_pieces(const array& merges) {
    vocabulary_.kind = Vocabulary::Kind::sentencepiece;
    vocabulary_.adds_space_prefix = adds_prefix(vocabulary_.normalizer) || adds_prefix(vocabulary_.pre_tokenizer);
    // SentencePiece's scores are not in the file, but their order is that of the merges.
    std::unordered_map<std::string, float> scores;
    for (const element merge : merges) scores.try_emplace(merged_text(merge), -static_cast<float>(scores.size() + 1));
    for (VocabularyToken& token : vocabulary_.tokens) {
      if (token.kind != TokenKind::normal) {
        if (token.kind != TokenKind::missing) token.score = kAddedScore;
        continue;
      }
      if (is_byte_token(token.text)) token.kind = TokenKind::byte;
      const auto found = scores.find(token.text);
      token.score = found != scores.end()           ? found->second
                    : token.kind == TokenKind::byte ? 0.0f
                                                    : -static_cast<float>(scores.size() + 1);
    }
  }

  /** The token that a merge makes. */
  static std::string merged_text(const element& merge) {
    std::string_view both;
    if (merge.get(both) == simdjson::SUCCESS) return joined(std::string(both));
    const array pair = merge;
    return std::string(std::string_view(pair.at(0))) + std::string(std::string_view(pair.at(1)));
  }

  static std::string joined(const std::string& merge) {
    const std::size_t blank = merge.find(' ');
    return blank == std::string::npos ? merge : merge.substr(0, blank) + merge.substr(blank + 1);
  }

  /** Whether a Prepend or a Metaspace puts a mark before a text. */
  static bool adds_prefix(const Json& part) {
    if (part.is_array()) return std::any_of(part.begin(), part.end(), adds_prefix);
    if (!part.is_object()) return false;
    if (part.value("type", "") == "Prepend") return true;
    if (part.value("type", "") == "Metaspace") return part.value("prepend_scheme", "always") != "never";
    for (const char* key : {"normalizer", "pre_tokenizer", "normalizers", "pretokenizers"})
      if (part.contains(key) && adds_prefix(part[key])) return true;
    return false;
  }

  // ── tokenizer.json ──────────────────────────────────────────────────────────────────────────────────────────────

  /** A part of the file as a small document; null when it is missing. */
  static Json part_of(const object& parent, const char* key) {
    element found;
    if (parent[key].get(found) != simdjson::SUCCESS) return nullptr;
    return Json::parse(simdjson::minify(found));
  }

  /** The vocabulary and the merges are large, so they are read with simdjson. */
  void read_json() {
    const std::string name = (folder_ / "tokenizer.json").string();
    try {
      simdjson::dom::parser parser;
      const simdjson::padded_string bytes(read_member(folder_, "tokenizer.json"));
      const object file = parser.parse(bytes);
      const object model = file["model"];
      const std::string type = text_at(model, "type", "BPE");
      if (type != "BPE") throw Error(Kind::input, name + ": a model of type " + type + "; only BPE is supported");
      for (const auto& [text, id] : object(model["vocab"]))
        token_at(checked_cast<std::int32_t>(std::int64_t(id), "a token id of the vocabulary"), "a token") = {
            std::string(text), 0, TokenKind::normal};
      mark_added_tokens(part_of(file, "added_tokens"));
      const bool is_of_file = config_.tokenizer_class == TokenizerClass::file;
      vocabulary_.normalizer = is_of_file ? part_of(file, "normalizer") : config_.parts.at("normalizer");
      vocabulary_.pre_tokenizer = is_of_file ? part_of(file, "pre_tokenizer") : config_.parts.at("pre_tokenizer");
      vocabulary_.ignores_merges = flag_at(model, "ignore_merges", false);
      const array merges = model["merges"];
      if (is_of_file ? flag_at(model, "byte_fallback", false) : config_.parts.at("model").value("byte_fallback", false))
        return read_converted_pieces(merges);
      for (const element merge : merges) {
        std::string_view both;
        if (merge.get(both) == simdjson::SUCCESS) {
          if (!both.starts_with("#version")) vocabulary_.merges.emplace_back(both);
          continue;
        }
        const array pair = merge;
        vocabulary_.merges.push_back(std::string(std::string_view(pair.at(0))) + " " +
                                     std::string(std::string_view(pair.at(1))));
      }
    } catch (const simdjson::simdjson_error& error) {
      throw Error(Kind::input, name + ": not the JSON of a tokenizer: " + error.what());
    } catch (const Json::exception& error) {
      throw Error(Kind::input, name + ": malformed: " + error.what());
    }
  }

  void mark_added_tokens(const Json& of_file) {
    std::set<std::string> contents;
    for (const Json& token : of_file) contents.insert(token.value("content", ""));
    for (const AddedToken& token : config_.added_tokens) contents.insert(token.content);
    for (const AddedToken& token : config_.special_tokens) contents.insert(token.content);
    for (const std::string& content : contents) {
      const auto id = content.empty() ? std::nullopt : tokenizer_->id_of(content);
      if (!id) continue;
      const bool is_control = tokenizer_->is_special(*id) || looks_like_control(content);
      token_at(*id, "an added token") = {is_control ? content : with_spaces(content), 0,
                                         is_control ? TokenKind::control : TokenKind::added};
    }
  }

  /** Whether a text has the same ids behind a control token as at the start. */
  bool adds_space_behind_control() const {
    for (const char* name : {"eos", "bos"}) {
      const auto found = vocabulary_.special_ids.find(name);
      if (found == vocabulary_.special_ids.end() || !tokenizer_->is_special(found->second)) continue;
      std::vector<std::int32_t> behind = tokenizer_->encode(tokenizer_->token_of(found->second) + "a", {.parse = true});
      behind.erase(behind.begin());
      return behind == tokenizer_->encode("a");
    }
    return true;
  }

  // ── special ids ─────────────────────────────────────────────────────────────────────────────────────────────────

  void read_special_ids() {
    for (const char* name : kSpecialNames) {
      const auto text = config_.names.find(std::string(name) + "_token");
      if (text == config_.names.end()) continue;
      if (const auto id = tokenizer_->id_of(text->second)) vocabulary_.special_ids[name] = *id;
    }
    if (path_type(folder_ / "config.json") != PathType::file) return;
    const Json model = parse_json(read_member(folder_, "config.json"), (folder_ / "config.json").string());
    for (const char* name : kSpecialNames) {
      const std::string key = std::string(name) + "_token_id";
      if (!model.contains(key) || !model[key].is_number_unsigned()) continue;
      vocabulary_.special_ids.try_emplace(name, model[key].get<std::int32_t>());
    }
  }

  const std::filesystem::path& folder_;
  const TokenizerConfig config_;
  const std::unique_ptr<Tokenizer> tokenizer_;
  Vocabulary vocabulary_;
};

}  // namespace

Vocabulary read_vocabulary(const std::filesystem::path& folder) { return Reader(folder).read(); }

}  // namespace intelia
