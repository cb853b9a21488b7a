// Names and values follow llama.cpp's conversion/base.py and gguf-py/gguf/vocab.py (llama-cpp-python 0.3.36). Beyond
// them it writes whether BOS and EOS are added and whether a space is put first, whose defaults depend on the
// pre-tokenizer, and the end of a turn where llama.cpp would not recognize it.
#include "export/gguf_tokenizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "export/gguf_pre_tokenizer.hpp"
#include "inference/stop_ids.hpp"
#include "inference/text_side.hpp"
#include "tokenizer/vocabulary.hpp"
#include "tokens/chat_template.hpp"

namespace intelia {

namespace {

constexpr const char* kPrefix = "tokenizer.ggml.";

std::int32_t type_number(TokenKind kind) {
  switch (kind) {
    case TokenKind::normal:
      return 1;
    case TokenKind::unknown:
      return 2;
    case TokenKind::control:
      return 3;
    case TokenKind::added:
      return 4;
    case TokenKind::missing:
    case TokenKind::unused:
      return 5;
    case TokenKind::byte:
      return 6;
  }
  return 1;
}

/** Tokens that end a generation in llama.cpp by their text (llama-vocab.cpp). */
constexpr std::array<std::string_view, 22> kKnownEnds = {"<|eot_id|>",
                                                         "<|im_end|>",
                                                         "<|end|>",
                                                         "<|return|>",
                                                         "<|call|>",
                                                         "<|flush|>",
                                                         "<|calls|>",
                                                         "<end_of_turn>",
                                                         "</s>",
                                                         "<|eom_id|>",
                                                         "<EOT>",
                                                         "_<EOT>",
                                                         "[EOT]",
                                                         "[EOS]",
                                                         "<|end_of_text|>",
                                                         "<end_of_utterance>",
                                                         "<eos>",
                                                         "<turn|>",
                                                         "[e~[",
                                                         "<|tool_response>",
                                                         "<|endoftext|>",
                                                         "<｜end▁of▁sentence｜>"};

void add_tokens(GgufKeys& keys, const Vocabulary& vocabulary, std::int64_t vocab_size) {
  const bool has_scores = vocabulary.kind == Vocabulary::Kind::sentencepiece;
  std::vector<std::string> texts;
  std::vector<float> scores;
  std::vector<std::int32_t> types;
  for (std::int64_t id = 0; id < vocab_size; ++id) {
    const auto at = static_cast<std::size_t>(id);
    const bool exists = at < vocabulary.tokens.size() && vocabulary.tokens[at].kind != TokenKind::missing;
    texts.push_back(exists ? vocabulary.tokens[at].text : fmt::format("[PAD{}]", id));
    scores.push_back(exists ? vocabulary.tokens[at].score : -10000.0f);
    types.push_back(exists ? type_number(vocabulary.tokens[at].kind) : type_number(TokenKind::unused));
  }
  keys.add_texts(std::string(kPrefix) + "tokens", texts);
  if (has_scores) keys.add_f32s(std::string(kPrefix) + "scores", scores);
  keys.add_i32s(std::string(kPrefix) + "token_type", types);
}

/** The names of llama.cpp for the special ids. */
void add_special_ids(GgufKeys& keys, const Vocabulary& vocabulary, std::int64_t vocab_size, Log& log) {
  constexpr std::pair<const char*, const char*> kNames[] = {
      {"bos", "bos_token_id"},       {"eos", "eos_token_id"}, {"unk", "unknown_token_id"},
      {"sep", "seperator_token_id"},  // so spelled in the format
      {"pad", "padding_token_id"},   {"cls", "cls_token_id"}, {"mask", "mask_token_id"}};
  for (const auto& [name, key] : kNames) {
    const auto found = vocabulary.special_ids.find(name);
    if (found == vocabulary.special_ids.end()) continue;
    if (found->second >= vocab_size) {
      log.warning(fmt::format("the {} token has the id {}, which the embedding does not have; it is not written", name,
                              found->second));
      continue;
    }
    keys.add_u32(std::string(kPrefix) + key, static_cast<std::uint64_t>(found->second));
  }
  keys.add_flag(std::string(kPrefix) + "add_bos_token", vocabulary.adds_bos);
  keys.add_flag(std::string(kPrefix) + "add_eos_token", vocabulary.adds_eos);
}

/** An adapter's folder may have a tokenizer without a chat template. */
const std::filesystem::path& template_folder(const GgufTokenizerSource& source) {
  return chat_template_sources(source.folder).empty() ? source.model : source.folder;
}

/** The tokens that end an answer and that llama.cpp would not recognize: one as the end of turn, one as the end of a
    message. */
void add_turn_ends(GgufKeys& keys, const GgufTokenizerSource& source, const Vocabulary& vocabulary, Log& log) {
  const auto tokenizer = load_tokenizer(source.folder);
  const ChatTemplate chat_template = load_chat_template(template_folder(source));
  std::vector<std::int32_t> ids;
  try {
    ids = stop_ids(*tokenizer, chat_template, source.model, {});
  } catch (const Error&) {
    return;  // nothing ends an answer: plain text
  }
  const auto eos = vocabulary.special_ids.find("eos");
  const auto is_known = [&](std::int32_t id) {
    if (eos != vocabulary.special_ids.end() && eos->second == id) return true;
    const std::string text = tokenizer->token_of(id);
    return std::find(kKnownEnds.begin(), kKnownEnds.end(), text) != kKnownEnds.end();
  };
  std::erase_if(ids, is_known);
  constexpr const char* kKeys[] = {"eot_token_id", "eom_token_id"};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i < std::size(kKeys))
      keys.add_u32(std::string(kPrefix) + kKeys[i], static_cast<std::uint64_t>(ids[i]));
    else
      log.warning(
          fmt::format("'{}' ends an answer of this model, but GGUF has no place for another such token: give it "
                      "to llama.cpp as a stop string",
                      tokenizer->token_of(ids[i])));
  }
}

/** llama.cpp puts a space before a text and also behind every control token, or never. Where the tokenizer does so at
   the start alone, never is right for conversations, whose texts all follow control tokens. */
void add_space_prefix(GgufKeys& keys, const GgufTokenizerSource& source, const Vocabulary& vocabulary, Log& log) {
  const bool is_for_chat = !chat_template_sources(template_folder(source)).empty();
  const bool is_at_start_only = vocabulary.adds_space_prefix && !vocabulary.adds_space_inside;
  if (is_at_start_only)
    log.info(is_for_chat
                 ? "the tokenizer puts a space before a text but not behind control tokens; llama.cpp can only do "
                   "both or neither and is told neither, so that conversations have the same tokens"
                 : "the tokenizer puts a space before a text but not behind control tokens, and llama.cpp puts "
                   "one behind them, too");
  keys.add_flag(std::string(kPrefix) + "add_space_prefix",
                vocabulary.adds_space_prefix && !(is_at_start_only && is_for_chat));
}

void add_chat_templates(GgufKeys& keys, const std::filesystem::path& folder) {
  const std::map<std::string, std::string> sources = chat_template_sources(folder);
  std::vector<std::string> names;
  for (const auto& [name, source] : sources) {
    if (name == "default") continue;
    std::string key = name;
    for (char& c : key)
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    names.push_back(key);
    keys.add_text("tokenizer.chat_template." + key, source);
  }
  if (!names.empty()) keys.add_texts("tokenizer.chat_templates", names);
  if (const auto usual = sources.find("default"); usual != sources.end() && !usual->second.empty())
    keys.add_text("tokenizer.chat_template", usual->second);
}

}  // namespace

void add_tokenizer_keys(GgufKeys& keys, const GgufTokenizerSource& source, Log& log) {
  const Vocabulary vocabulary = read_vocabulary(source.folder);
  const bool is_bytes = vocabulary.kind == Vocabulary::Kind::byte_level;
  const std::string pre = is_bytes ? gguf_pre_tokenizer(vocabulary, source.folder.string()) : "default";
  keys.add_text(std::string(kPrefix) + "model", is_bytes ? "gpt2" : "llama");
  keys.add_text(std::string(kPrefix) + "pre", pre);
  add_tokens(keys, vocabulary, source.vocab_size);
  if (is_bytes) keys.add_texts(std::string(kPrefix) + "merges", vocabulary.merges);
  if (!is_bytes) add_space_prefix(keys, source, vocabulary, log);
  add_special_ids(keys, vocabulary, source.vocab_size, log);
  add_turn_ends(keys, source, vocabulary, log);
  add_chat_templates(keys, template_folder(source));
}

}  // namespace intelia
