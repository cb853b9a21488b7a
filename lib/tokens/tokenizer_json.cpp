// tokenizer.json of Hugging Face tokenizers 0.2x, model BPE: byte-level (GPT-2, Llama 3) and with byte fallback (Llama 2,
// Mistral). Every part of the file that changes ids is either done exactly or refused by name.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "tokens/bpe_model.hpp"
#include "tokens/pattern.hpp"
#include "tokens/tokenizer_files.hpp"
#include "tokens/utf8.hpp"

namespace intelia {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// What GPT-2 splits with, when ByteLevel has use_regex: https://github.com/openai/gpt-2/blob/master/src/encoder.py
constexpr const char* kGpt2Pattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// Unicode's White_Space, which PCRE2's \s is not: that also has U+180E.
constexpr const char* kSpaces = R"(\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";

/** A pattern in Oniguruma's Ruby syntax as one for PCRE2; refuses what the two read differently. */
std::string to_pcre(const std::string& pattern) {
  const auto refuse = [&](const std::string& what) {
    throw Error(Kind::input, fmt::format("the split pattern '{}' uses {}, which is not supported", pattern, what));
  };
  std::string out;
  bool is_in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char byte = pattern[i];
    if (byte == '\\') {
      if (++i >= pattern.size()) refuse("a backslash at its end");
      const char kind = pattern[i];
      if (kind == 's') {
        out += is_in_class ? kSpaces : fmt::format("[{}]", kSpaces);
      } else if (kind == 'S') {
        if (is_in_class) refuse("\\S in a class");
        out += fmt::format("[^{}]", kSpaces);
      } else if (std::string_view("hHRXKGZzAbBwWkgMCo").find(kind) != std::string_view::npos) {
        refuse(fmt::format("\\{}", kind));
      } else {
        out += byte;
        out += kind;
      }
      continue;
    }
    if (is_in_class) {
      if (byte == '[') refuse("a class within a class");
      if (byte == '&' && i + 1 < pattern.size() && pattern[i + 1] == '&') refuse("an intersection of classes");
      if (byte == ']') is_in_class = false;
    } else if (byte == '[') {
      is_in_class = true;
      out += byte;
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') out += pattern[++i];
      continue;
    } else if (byte == '^' || byte == '$') {
      refuse(fmt::format("the anchor {}", byte));
    }
    out += byte;
  }
  return out;
}

std::string quoted_for_pcre(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x80 && std::isalnum(static_cast<unsigned char>(byte)) == 0) out += '\\';
    out += byte;
  }
  return out;
}

/** GPT-2's printable stand-ins for bytes, both ways. */
struct ByteAlphabet {
  std::array<char32_t, 256> character_of{};
  std::unordered_map<char32_t, unsigned char> byte_of;
  ByteAlphabet() {
    char32_t next = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool stands_for_itself = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      character_of[byte] = stands_for_itself ? byte : next++;
      byte_of[character_of[byte]] = static_cast<unsigned char>(byte);
    }
  }
  /** The bytes that `token` stands for, or nothing when it has a character outside the alphabet. */
  std::optional<std::string> bytes_of(std::string_view token) const {
    std::string bytes;
    for (std::size_t i = 0; i < token.size();) {
      std::size_t length = 1;
      const auto found = byte_of.find(code_point_at(token, i, length));
      if (found == byte_of.end()) return std::nullopt;
      bytes += static_cast<char>(found->second);
      i += length;
    }
    return bytes;
  }
};

/** A text on its way to the model, and for each of its bytes the bytes of the input it stands for. */
struct Aligned {
  std::string text;
  std::vector<ByteRange> sources;  // empty: text is input[offset, …)
  std::size_t offset = 0;

  ByteRange source_of(std::size_t begin, std::size_t end) const {
    if (sources.empty()) return {offset + begin, offset + end};
    return {sources[begin].begin, sources[end - 1].end};
  }
  void make_sources() {
    if (!sources.empty() || text.empty()) return;
    sources.resize(text.size());
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t length = character_bytes(text, i);
      for (std::size_t k = 0; k < length; ++k) sources[i + k] = {offset + i, offset + i + length};
      i += length;
    }
  }
  void prepend(std::string_view prefix) {
    if (text.empty()) return;
    make_sources();
    text.insert(0, prefix);
    sources.insert(sources.begin(), prefix.size(), sources.front());
  }
  void replace(std::string_view from, std::string_view to) {
    if (text.find(from) == std::string::npos) return;
    make_sources();
    std::string new_text;
    std::vector<ByteRange> new_sources;
    for (std::size_t i = 0; i < text.size();) {
      if (text.compare(i, from.size(), from) != 0) {
        new_text += text[i];
        new_sources.push_back(sources[i]);
        ++i;
        continue;
      }
      new_text += to;
      new_sources.insert(new_sources.end(), to.size(), {sources[i].begin, sources[i + from.size() - 1].end});
      i += from.size();
    }
    text = std::move(new_text);
    sources = std::move(new_sources);
  }
};

struct Normalizer {
  bool is_prepend = false;  // else a replacement
  std::string from, to;     // prepend: to
};

enum class Behavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };

struct Splitter {
  std::unique_ptr<Pattern> pattern;
  Behavior behavior = Behavior::isolated;
  bool is_inverted = false;
};

struct Metaspace {
  std::string replacement = "▁";
  enum class Scheme { first, always, never } scheme = Scheme::always;
  bool splits = true;
};

struct DecodeStep {
  enum class Kind { byte_level, replace, byte_fallback, fuse, strip, metaspace } kind = Kind::fuse;
  std::string from, to;
  std::size_t start = 0, stop = 0;
  bool has_prefix = true;
};

/** What one thread needs while it encodes. */
struct Scratch {
  BpeScratch words;
  std::vector<ByteRange> pieces, next_pieces;
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
    const auto add_fixed = [&](const std::vector<std::int32_t>& ids, std::size_t at) {
      for (const std::int32_t id : ids) {
        out.ids.push_back(id);
        out.ranges.push_back({at, at});
      }
    };
    if (special.add) add_fixed(prefix_ids_, 0);
    std::unique_ptr<Scratch> scratch = take_scratch();
    for (const Segment& segment : raw_finder_.split(text, special.parse, plain_ranges)) {
      if (segment.id >= 0) {
        out.ids.push_back(segment.id);
        out.ranges.push_back(segment.bytes);
        continue;
      }
      Aligned aligned{std::string(text.substr(segment.bytes.begin, segment.bytes.end - segment.bytes.begin)), {}, segment.bytes.begin};
      for (const Normalizer& normalizer : normalizers_) {
        if (normalizer.is_prepend) aligned.prepend(normalizer.to);
        else aligned.replace(normalizer.from, normalizer.to);
      }
      if (normalized_finder_.is_empty()) {
        encode_stretch(std::move(aligned), *scratch, out);
        continue;
      }
      // Tokens sought in normalized text: what they cut is normalized already.
      for (const Segment& part : normalized_finder_.split(aligned.text, special.parse, plain_in(aligned, plain_ranges))) {
        if (part.id >= 0) {
          out.ids.push_back(part.id);
          out.ranges.push_back(aligned.source_of(part.bytes.begin, part.bytes.end));
          continue;
        }
        Aligned stretch{aligned.text.substr(part.bytes.begin, part.bytes.end - part.bytes.begin), {}, aligned.offset + part.bytes.begin};
        if (!aligned.sources.empty()) {
          stretch.sources.assign(aligned.sources.begin() + static_cast<std::ptrdiff_t>(part.bytes.begin),
                                 aligned.sources.begin() + static_cast<std::ptrdiff_t>(part.bytes.end));
        }
        encode_stretch(std::move(stretch), *scratch, out);
      }
    }
    give_scratch_back(std::move(scratch));
    if (special.add) add_fixed(suffix_ids_, text.size());
    return out;
  }

  std::string decode(std::span<const std::int32_t> ids, bool skip_special) const override {
    std::vector<std::string> tokens;
    for (const std::int32_t id : ids) {
      if (id < 0 || id >= vocabulary_size() || !has_token_[static_cast<std::size_t>(id)]) continue;
      if (skip_special && is_special(id)) continue;
      tokens.push_back(tokens_[static_cast<std::size_t>(id)]);
    }
    if (decode_steps_.empty()) {
      std::string joined;
      for (std::size_t i = 0; i < tokens.size(); ++i) joined += (i > 0 ? " " : "") + tokens[i];
      return joined;
    }
    for (const DecodeStep& step : decode_steps_) apply(step, tokens);
    std::string joined;
    for (const std::string& token : tokens) joined += token;
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

  [[noreturn]] static void refuse(const std::string& what) { throw Error(Kind::input, what + " is not supported"); }

  static bool is_null(const object& parent, std::string_view key) {
    element value;
    return parent[key].get(value) != simdjson::SUCCESS || value.is_null();
  }
  static std::string text_at(const object& parent, std::string_view key, std::string_view fallback) {
    std::string_view value;
    return std::string(parent[key].get(value) == simdjson::SUCCESS ? value : fallback);
  }
  static bool flag_at(const object& parent, std::string_view key, bool fallback) {
    bool value = fallback;
    if (parent[key].get(value) != simdjson::SUCCESS) return fallback;
    return value;
  }

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
    read_normalizer(file);
    read_pre_tokenizer(file);
    read_model(file["model"]);
    read_added_tokens(file);
    read_post_processor(file);
    read_decoder(file);
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
      prefix_ids_.clear();
      suffix_ids_.clear();
      if (config_.add_bos_token.value_or(false) && bos_id_) prefix_ids_.push_back(*bos_id_);
      if (config_.add_eos_token.value_or(false) && eos_id_) suffix_ids_.push_back(*eos_id_);
    }
  }

  static void for_each_in_sequence(const object& part, std::string_view list, const std::function<void(const object&)>& take) {
    if (text_at(part, "type", "") != "Sequence") return take(part);
    for (const element item : array(part[list])) for_each_in_sequence(item, list, take);
  }

  static std::string pattern_text(const object& part, bool& is_regex) {
    const object pattern = part["pattern"];
    std::string_view text;
    is_regex = pattern["Regex"].get(text) == simdjson::SUCCESS;
    if (!is_regex) text = pattern["String"];
    return std::string(text);
  }

  void read_normalizer(const object& file) {
    if (is_null(file, "normalizer")) return;
    for_each_in_sequence(file["normalizer"], "normalizers", [&](const object& part) {
      const std::string type = text_at(part, "type", "");
      if (type == "Prepend") {
        normalizers_.push_back({true, "", text_at(part, "prepend", "")});
      } else if (type == "Replace") {
        bool is_regex = false;
        const std::string from = pattern_text(part, is_regex);
        if (is_regex) refuse("the normalizer Replace with a Regex pattern");
        if (from.empty()) refuse("the normalizer Replace with an empty pattern");
        normalizers_.push_back({false, from, text_at(part, "content", "")});
      } else {
        refuse("the normalizer " + type);
      }
    });
  }

  void read_pre_tokenizer(const object& file) {
    if (is_null(file, "pre_tokenizer")) return;
    bool is_first = true;
    for_each_in_sequence(file["pre_tokenizer"], "pretokenizers", [&](const object& part) {
      const std::string type = text_at(part, "type", "");
      if (type == "Split") {
        bool is_regex = false;
        const std::string text = pattern_text(part, is_regex);
        Splitter splitter;
        splitter.pattern = std::make_unique<Pattern>(is_regex ? to_pcre(text) : quoted_for_pcre(text));
        splitter.behavior = behavior_of(text_at(part, "behavior", ""));
        splitter.is_inverted = flag_at(part, "invert", false);
        splitters_.push_back(std::move(splitter));
      } else if (type == "Digits") {
        Splitter splitter;
        splitter.pattern = std::make_unique<Pattern>("\\p{N}");
        splitter.behavior = flag_at(part, "individual_digits", false) ? Behavior::isolated : Behavior::contiguous;
        splitters_.push_back(std::move(splitter));
      } else if (type == "ByteLevel") {
        is_byte_level_ = true;
        if (flag_at(part, "add_prefix_space", true)) {
          if (!is_first) refuse("ByteLevel with add_prefix_space after another pre-tokenizer");
          adds_prefix_space_ = true;
        }
        if (flag_at(part, "use_regex", true)) splitters_.push_back({std::make_unique<Pattern>(to_pcre(kGpt2Pattern)), Behavior::isolated, false});
      } else if (type == "Metaspace") {
        if (!is_first) refuse("Metaspace after another pre-tokenizer");
        Metaspace metaspace;
        metaspace.replacement = text_at(part, "replacement", "▁");
        const std::string scheme = text_at(part, "prepend_scheme", flag_at(part, "add_prefix_space", true) ? "always" : "never");
        metaspace.scheme = scheme == "first"    ? Metaspace::Scheme::first
                           : scheme == "always" ? Metaspace::Scheme::always
                                                : Metaspace::Scheme::never;
        metaspace.splits = flag_at(part, "split", true);
        if (metaspace.splits) {
          splitters_.push_back({std::make_unique<Pattern>(quoted_for_pcre(metaspace.replacement)), Behavior::merged_with_next, false});
        }
        metaspace_ = metaspace;
      } else {
        refuse("the pre-tokenizer " + type);
      }
      is_first = false;
    });
  }

  static Behavior behavior_of(const std::string& name) {
    if (name == "Removed") return Behavior::removed;
    if (name == "Isolated") return Behavior::isolated;
    if (name == "MergedWithPrevious") return Behavior::merged_with_previous;
    if (name == "MergedWithNext") return Behavior::merged_with_next;
    if (name == "Contiguous") return Behavior::contiguous;
    refuse("the split behavior " + name);
  }

  void read_model(const object& model) {
    const std::string type = text_at(model, "type", is_null(model, "merges") ? "" : "BPE");
    if (type != "BPE") refuse("the model " + (type.empty() ? std::string("without a type") : type));
    double dropout = 0;
    if (model["dropout"].get(dropout) == simdjson::SUCCESS && dropout != 0) refuse("BPE with dropout");
    for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
      if (!text_at(model, affix, "").empty()) refuse(std::string("BPE with ") + affix);
    }
    BpeDefinition definition;
    definition.is_byte_level = is_byte_level_;
    definition.ignores_merges = flag_at(model, "ignore_merges", false);
    definition.falls_back_to_bytes = flag_at(model, "byte_fallback", false);
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
    model_ = BpeModel(std::move(definition));
  }

  /** Ids by the bytes a token stands for in a text, and the ids of single bytes. */
  void index_words(BpeDefinition& definition) const {
    definition.ids.reserve(tokens_.size());
    for (std::size_t id = 0; id < tokens_.size(); ++id) {
      if (!has_token_[id]) continue;
      if (!is_byte_level_) {
        definition.ids[tokens_[id]] = static_cast<std::int32_t>(id);
      } else if (const auto bytes = alphabet_.bytes_of(tokens_[id])) {
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
      if (token.is_single_word) refuse("the added token '" + token.content + "' with single_word");
      set_token(token.id, token.content);
      is_special_[static_cast<std::size_t>(token.id)] = token.is_special;
      if (!token.is_normalized || normalizers_.empty()) {
        raw.push_back(std::move(token));
        continue;
      }
      Aligned content{token.content, {}, 0};
      for (const Normalizer& normalizer : normalizers_) {
        if (normalizer.is_prepend) content.prepend(normalizer.to);
        else content.replace(normalizer.from, normalizer.to);
      }
      token.content = content.text;
      tokens_[static_cast<std::size_t>(token.id)] = content.text;  // the peers decode to the normalized form
      normalized.push_back(std::move(token));
    }
    raw_finder_ = AddedTokenFinder(std::move(raw));
    normalized_finder_ = AddedTokenFinder(std::move(normalized));
  }

  void read_post_processor(const object& file) {
    if (is_null(file, "post_processor")) return;
    for_each_in_sequence(file["post_processor"], "processors", [&](const object& part) {
      const std::string type = text_at(part, "type", "");
      if (type == "ByteLevel") return;  // moves offsets only
      if (type != "TemplateProcessing") refuse("the post-processor " + type);
      const object special_tokens = part["special_tokens"];
      bool is_after = false;
      for (const element item : array(part["single"])) {
        object entry;
        if (object(item)["Sequence"].get(entry) == simdjson::SUCCESS) {
          if (is_after) refuse("a post-processor template that repeats its sequence");
          is_after = true;
          continue;
        }
        entry = object(item)["SpecialToken"];
        const std::string_view name = entry["id"];
        object token;
        if (special_tokens[name].get(token) != simdjson::SUCCESS) {
          throw Error(Kind::input, fmt::format("the post-processor names '{}', which its special_tokens lack", name));
        }
        for (const element id : array(token["ids"])) (is_after ? suffix_ids_ : prefix_ids_).push_back(static_cast<std::int32_t>(std::int64_t(id)));
      }
    });
  }

  void read_decoder(const object& file) {
    if (is_null(file, "decoder")) return;
    for_each_in_sequence(file["decoder"], "decoders", [&](const object& part) {
      const std::string type = text_at(part, "type", "");
      DecodeStep step;
      if (type == "ByteLevel") {
        step.kind = DecodeStep::Kind::byte_level;
      } else if (type == "ByteFallback") {
        step.kind = DecodeStep::Kind::byte_fallback;
      } else if (type == "Fuse") {
        step.kind = DecodeStep::Kind::fuse;
      } else if (type == "Replace") {
        bool is_regex = false;
        step.kind = DecodeStep::Kind::replace;
        step.from = pattern_text(part, is_regex);
        step.to = text_at(part, "content", "");
        if (is_regex || step.from.empty()) refuse("the decoder Replace with a Regex or empty pattern");
      } else if (type == "Strip") {
        step.kind = DecodeStep::Kind::strip;
        step.from = text_at(part, "content", " ");
        step.start = static_cast<std::size_t>(std::int64_t(part["start"]));
        step.stop = static_cast<std::size_t>(std::int64_t(part["stop"]));
      } else if (type == "Metaspace") {
        step.kind = DecodeStep::Kind::metaspace;
        step.from = text_at(part, "replacement", "▁");
        step.has_prefix = text_at(part, "prepend_scheme", flag_at(part, "add_prefix_space", true) ? "always" : "never") != "never";
      } else {
        refuse("the decoder " + type);
      }
      decode_steps_.push_back(std::move(step));
    });
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

  /** The bytes of `aligned.text` that come from plain ranges of the input. */
  static std::vector<ByteRange> plain_in(const Aligned& aligned, std::span<const ByteRange> plain_ranges) {
    std::vector<ByteRange> inside;
    for (std::size_t i = 0; i < aligned.text.size(); ++i) {
      const ByteRange source = aligned.source_of(i, i + 1);
      const bool is_plain = std::any_of(plain_ranges.begin(), plain_ranges.end(),
                                        [&](const ByteRange& range) { return range.begin < source.end && source.begin < range.end; });
      if (!is_plain) continue;
      if (!inside.empty() && inside.back().end == i) ++inside.back().end;
      else inside.push_back({i, i + 1});
    }
    return inside;
  }

  void encode_stretch(Aligned aligned, Scratch& scratch, Encoding& out) const {
    if (adds_prefix_space_ && !aligned.text.empty() && aligned.text.front() != ' ') aligned.prepend(" ");
    if (metaspace_) {
      aligned.replace(" ", metaspace_->replacement);
      const bool is_prefixed = metaspace_->scheme == Metaspace::Scheme::always ||
                               (metaspace_->scheme == Metaspace::Scheme::first && aligned.source_of(0, 1).begin == 0);
      if (is_prefixed && !aligned.text.starts_with(metaspace_->replacement)) aligned.prepend(metaspace_->replacement);
    }
    scratch.pieces.assign(1, {0, aligned.text.size()});
    for (const Splitter& splitter : splitters_) {
      scratch.next_pieces.clear();
      for (const ByteRange& piece : scratch.pieces) split(splitter, aligned.text, piece, scratch.next_pieces);
      std::swap(scratch.pieces, scratch.next_pieces);
    }
    for (const ByteRange& piece : scratch.pieces) {
      const std::string_view word = std::string_view(aligned.text).substr(piece.begin, piece.end - piece.begin);
      std::size_t at = piece.begin;
      for (const Symbol& symbol : model_.encode_word(word, scratch.words)) {
        out.ids.push_back(symbol.id);
        out.ranges.push_back(whole_characters(aligned, at, at + symbol.num_bytes));
        at += symbol.num_bytes;
      }
    }
  }

  /** The input's bytes of text[begin, end), widened to whole characters. */
  static ByteRange whole_characters(const Aligned& aligned, std::size_t begin, std::size_t end) {
    const auto is_inside = [&](std::size_t i) { return i < aligned.text.size() && (static_cast<unsigned char>(aligned.text[i]) & 0xC0) == 0x80; };
    while (begin > 0 && is_inside(begin)) --begin;
    while (is_inside(end)) ++end;
    return aligned.source_of(begin, end);
  }

  static void split(const Splitter& splitter, std::string_view text, ByteRange piece, std::vector<ByteRange>& out) {
    std::vector<std::pair<ByteRange, bool>> parts;  // and whether it matches
    std::size_t done = piece.begin;
    const bool matches = !splitter.is_inverted;
    splitter.pattern->for_each_match(text.substr(piece.begin, piece.end - piece.begin), [&](ByteRange match) {
      match = {match.begin + piece.begin, match.end + piece.begin};
      if (match.begin > done) parts.emplace_back(ByteRange{done, match.begin}, !matches);
      parts.emplace_back(match, matches);
      done = match.end;
    });
    if (done < piece.end) parts.emplace_back(ByteRange{done, piece.end}, !matches);
    bool last_matches = false;
    const std::size_t first_out = out.size();
    switch (splitter.behavior) {
      case Behavior::isolated:
        for (const auto& part : parts) out.push_back(part.first);
        break;
      case Behavior::removed:
        for (const auto& part : parts) {
          if (!part.second) out.push_back(part.first);
        }
        break;
      case Behavior::contiguous:
        for (const auto& [range, is_match] : parts) {
          if (out.size() > first_out && is_match == last_matches) out.back().end = range.end;
          else out.push_back(range);
          last_matches = is_match;
        }
        break;
      case Behavior::merged_with_previous:
        for (const auto& [range, is_match] : parts) {
          if (is_match && !last_matches && out.size() > first_out) out.back().end = range.end;
          else out.push_back(range);
          last_matches = is_match;
        }
        break;
      case Behavior::merged_with_next:
        for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
          if (part->second && !last_matches && out.size() > first_out) out.back().begin = part->first.begin;
          else out.push_back(part->first);
          last_matches = part->second;
        }
        std::reverse(out.begin() + static_cast<std::ptrdiff_t>(first_out), out.end());
        break;
    }
  }

  // ── decoding ────────────────────────────────────────────────────────────────────────────────────────────────────

  void apply(const DecodeStep& step, std::vector<std::string>& tokens) const {
    switch (step.kind) {
      case DecodeStep::Kind::byte_level: {
        std::string bytes;
        for (const std::string& token : tokens) bytes += alphabet_.bytes_of(token).value_or(token);
        std::string text;
        append_lossy_utf8(text, bytes);
        tokens.assign(1, std::move(text));
        break;
      }
      case DecodeStep::Kind::replace:
        for (std::string& token : tokens) {
          Aligned aligned{token, {}, 0};
          aligned.replace(step.from, step.to);
          token = std::move(aligned.text);
        }
        break;
      case DecodeStep::Kind::byte_fallback: decode_byte_fallback(tokens); break;
      case DecodeStep::Kind::fuse: {
        std::string joined;
        for (const std::string& token : tokens) joined += token;
        tokens.assign(1, std::move(joined));
        break;
      }
      case DecodeStep::Kind::strip:
        for (std::string& token : tokens) {
          std::size_t begin = 0;
          for (std::size_t i = 0; i < step.start && token.compare(begin, step.from.size(), step.from) == 0; ++i) begin += step.from.size();
          std::size_t end = token.size();
          for (std::size_t i = 0; i < step.stop && end >= begin + step.from.size() && token.compare(end - step.from.size(), step.from.size(), step.from) == 0; ++i) {
            end -= step.from.size();
          }
          token = token.substr(begin, end - begin);
        }
        break;
      case DecodeStep::Kind::metaspace:
        for (std::size_t i = 0; i < tokens.size(); ++i) {
          if (i == 0 && step.has_prefix && tokens[i].starts_with(step.from)) tokens[i].erase(0, step.from.size());
          Aligned aligned{tokens[i], {}, 0};
          aligned.replace(step.from, " ");
          tokens[i] = std::move(aligned.text);
        }
        break;
    }
  }

  static void decode_byte_fallback(std::vector<std::string>& tokens) {
    std::vector<std::string> out;
    std::string bytes;
    const auto flush = [&] {
      if (bytes.empty()) return;
      if (is_valid_utf8(bytes)) {
        out.push_back(bytes);
      } else {
        for (std::size_t i = 0; i < bytes.size(); ++i) out.push_back("\xEF\xBF\xBD");
      }
      bytes.clear();
    };
    for (std::string& token : tokens) {
      unsigned byte = 0;
      if (token.size() == 6 && token.starts_with("<0x") && token.back() == '>' &&
          std::from_chars(token.data() + 3, token.data() + 5, byte, 16).ptr == token.data() + 5) {
        bytes += static_cast<char>(byte);
        continue;
      }
      flush();
      out.push_back(std::move(token));
    }
    flush();
    tokens = std::move(out);
  }

  TokenizerConfig config_;
  ByteAlphabet alphabet_;
  std::vector<std::string> tokens_;  // by id
  std::vector<bool> has_token_, is_special_;
  std::unordered_map<std::string, std::int32_t> id_by_token_;
  BpeModel model_;
  std::vector<Normalizer> normalizers_;
  std::vector<Splitter> splitters_;
  std::optional<Metaspace> metaspace_;
  std::vector<DecodeStep> decode_steps_;
  std::vector<std::int32_t> prefix_ids_, suffix_ids_;
  AddedTokenFinder raw_finder_, normalized_finder_;
  bool is_byte_level_ = false, adds_prefix_space_ = false;
  mutable std::mutex scratch_mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> scratches_;
};

}  // namespace

std::unique_ptr<Tokenizer> load_tokenizer_json(const std::filesystem::path& folder) { return std::make_unique<JsonTokenizer>(folder); }

}  // namespace intelia
