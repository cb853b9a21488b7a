#include "export/tokenizer_trainer.hpp"

#include <fmt/format.h>
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <unordered_map>

#include "base/file.hpp"
#include "record/json.hpp"
#include "record/jsonl.hpp"
#include "text/utf8.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

constexpr const char* kControlPieces[] = {"<|system|>", "<|user|>", "<|assistant|>"};

// Roles are control pieces, which user text never encodes to. An assistant turn ends with </s>, inside the generation
// block, so that the model is trained to end its turn.
constexpr std::string_view kChatTemplate = R"({{- bos_token }}
{%- for message in messages %}
    {%- if message['role'] == 'assistant' %}
        {{- '<|assistant|>' }}
        {%- generation %}
            {{- message['content'] + eos_token }}
        {%- endgeneration %}
    {%- elif message['role'] == 'system' or message['role'] == 'user' %}
        {{- '<|' + message['role'] + '|>' + message['content'] }}
    {%- else %}
        {{- raise_exception('expected the role system, user or assistant, got ' + message['role']) }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|assistant|>' }}
{%- endif %}
)";

class Lines final : public sentencepiece::SentenceIterator {
 public:
  explicit Lines(const std::vector<std::string>& lines) : lines_(lines) {}
  bool done() const override { return next_ == lines_.size(); }
  void Next() override { ++next_; }
  const std::string& value() const override { return lines_[next_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& lines_;
  std::size_t next_ = 0;
};

void append_lines(std::vector<std::string>& lines, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") != std::string_view::npos) lines.emplace_back(line);
  }
}

void read_text(const fs::path& path, std::vector<std::string>& lines, const Sinks& sinks) {
  LineReader reader(path);
  while (const auto line = reader.next()) {
    sinks.stop.check("reading '" + path.string() + "'");
    if (reader.is_too_long() || !is_valid_utf8(*line))
      throw Error(Kind::input,
                  fmt::format("{}:{}: {}; expected text, Markdown or JSON Lines in UTF-8", path.string(),
                              reader.line_number(), reader.is_too_long() ? "the line is too long" : "not UTF-8"));
    append_lines(lines, *line);
  }
}

void read_jsonl(const fs::path& path, std::vector<std::string>& lines, const Sinks& sinks) {
  Rejects rejects({.max_rejected = 0, .is_strict = true}, sinks.log);
  read_conversations(path, rejects, sinks.stop, [&](Conversation&& conversation, std::int64_t) {
    append_lines(lines, conversation.text);
    for (const Message& message : conversation.messages) append_lines(lines, message.content);
  });
}

Json special_token(const std::string& content) {
  return Json{{"content", content}, {"single_word", false}, {"lstrip", false},
              {"rstrip", false},    {"normalized", false},  {"special", true}};
}

/**
 * The pairs that BPE of Hugging Face tokenizers may join, best first. SentencePiece joins the pair whose piece has the
 * smallest id, the leftmost first; pieces are in the order of their ids here, and of the ways to make one piece that
 * with the longest left part comes first, because runs are joined from the left.
 */
Json merges_of(const sentencepiece::SentencePieceProcessor& processor,
               const std::unordered_map<std::string, std::int32_t>& id_of) {
  Json merges = Json::array();
  for (int id = 0; id < processor.GetPieceSize(); ++id) {
    if (processor.IsControl(id) || processor.IsUnknown(id) || processor.IsByte(id)) continue;
    const std::string& piece = processor.IdToPiece(id);
    for (std::size_t cut = piece.size() - 1; cut > 0; --cut) {
      if ((static_cast<unsigned char>(piece[cut]) & 0xC0) == 0x80) continue;
      const std::string left = piece.substr(0, cut), right = piece.substr(cut);
      if (id_of.contains(left) && id_of.contains(right)) merges.push_back(Json::array({left, right}));
    }
  }
  return merges;
}

/** Equivalent to LlamaTokenizer of transformers with legacy = false, as a tokenizer.json. */
Json tokenizer_json(const sentencepiece::SentencePieceProcessor& processor) {
  std::unordered_map<std::string, std::int32_t> id_of;
  Json vocabulary = Json::object(), added = Json::array();
  for (int id = 0; id < processor.GetPieceSize(); ++id) {
    const std::string& piece = processor.IdToPiece(id);
    vocabulary[piece] = id;
    if (processor.IsControl(id) || processor.IsUnknown(id)) {
      Json token{{"id", id}};
      token.update(special_token(piece));
      added.push_back(token);
    } else if (!processor.IsByte(id)) {
      id_of[piece] = id;
    }
  }
  const Json bos{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}};
  const auto sequence = [](const char* name, int type) {
    return Json{{"Sequence", {{"id", name}, {"type_id", type}}}};
  };
  const Json second_bos{{"SpecialToken", {{"id", "<s>"}, {"type_id", 1}}}};
  Json document;
  document["version"] = "1.0";
  document["truncation"] = nullptr;
  document["padding"] = nullptr;
  document["added_tokens"] = added;
  document["normalizer"] = nullptr;
  document["pre_tokenizer"] =
      Json{{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "first"}, {"split", false}};
  document["post_processor"] =
      Json{{"type", "TemplateProcessing"},
           {"single", Json::array({bos, sequence("A", 0)})},
           {"pair", Json::array({bos, sequence("A", 0), second_bos, sequence("B", 1)})},
           {"special_tokens",
            {{"<s>", {{"id", "<s>"}, {"ids", Json::array({kTrainedBosId})}, {"tokens", Json::array({"<s>"})}}}}}};
  document["decoder"] =
      Json{{"type", "Sequence"},
           {"decoders", Json::array({Json{{"type", "Replace"}, {"pattern", {{"String", "▁"}}}, {"content", " "}},
                                     Json{{"type", "ByteFallback"}}, Json{{"type", "Fuse"}},
                                     Json{{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}})}};
  document["model"] = Json{{"type", "BPE"},
                           {"dropout", nullptr},
                           {"unk_token", "<unk>"},
                           {"continuing_subword_prefix", nullptr},
                           {"end_of_word_suffix", nullptr},
                           {"fuse_unk", true},
                           {"byte_fallback", true},
                           {"ignore_merges", false},
                           {"vocab", vocabulary},
                           {"merges", merges_of(processor, id_of)}};
  return document;
}

Json tokenizer_config(const sentencepiece::SentencePieceProcessor& processor, std::int64_t max_positions) {
  Json added = Json::object(), roles = Json::array();
  for (int id = 0; id < processor.GetPieceSize(); ++id)
    if (processor.IsControl(id) || processor.IsUnknown(id))
      added[std::to_string(id)] = special_token(processor.IdToPiece(id));
  for (const char* piece : kControlPieces) roles.push_back(piece);
  return Json{{"add_bos_token", true},
              {"add_eos_token", false},
              {"added_tokens_decoder", added},
              {"additional_special_tokens", roles},
              {"bos_token", "<s>"},
              {"clean_up_tokenization_spaces", false},
              {"eos_token", "</s>"},
              {"legacy", false},
              {"model_max_length", max_positions},
              {"pad_token", "</s>"},
              {"sp_model_kwargs", Json::object()},
              {"tokenizer_class", "LlamaTokenizer"},
              {"unk_token", "<unk>"},
              {"use_default_system_prompt", false}};
}

void check(const sentencepiece::util::Status& status, Kind kind) {
  if (!status.ok()) throw Error(kind, std::string("the tokenizer cannot be trained: ") + status.error_message());
}

}  // namespace

TrainedTokenizer train_tokenizer(const std::vector<fs::path>& files, std::int64_t vocab_size,
                                 std::int64_t max_positions, const Sinks& sinks) {
  std::vector<std::string> lines;
  for (const fs::path& path : files)
    path.extension() == ".jsonl" ? read_jsonl(path, lines, sinks) : read_text(path, lines, sinks);
  if (lines.empty()) throw Error(Kind::input, "the files have no text to train the tokenizer on");

  std::string control_symbols;
  for (const char* piece : kControlPieces) control_symbols += (control_symbols.empty() ? "" : ",") + std::string(piece);
  Lines sentences(lines);
  std::string model;
  check(sentencepiece::SentencePieceTrainer::Train(
            {{"model_type", "bpe"},
             {"vocab_size", std::to_string(vocab_size)},
             {"hard_vocab_limit", "false"},  // fewer pieces for little text, instead of an error
             {"byte_fallback", "true"},
             {"normalization_rule_name", "identity"},
             {"remove_extra_whitespaces", "false"},
             {"allow_whitespace_only_pieces", "true"},
             {"split_digits", "true"},
             {"character_coverage", "0.99995"},
             {"max_sentence_length", std::to_string(1 << 27)},
             {"unk_id", "0"},
             {"bos_id", "1"},
             {"eos_id", "2"},
             {"pad_id", "-1"},
             {"control_symbols", control_symbols},
             {"num_threads", "1"},
             {"minloglevel", "4"}},
            &sentences, &model),
        Kind::usage);

  sentencepiece::SentencePieceProcessor processor;
  check(processor.LoadFromSerializedProto(model), Kind::internal);
  TrainedTokenizer tokenizer;
  tokenizer.vocab_size = processor.GetPieceSize();
  tokenizer.num_lines = static_cast<std::int64_t>(lines.size());
  for (const std::string& line : lines) tokenizer.num_bytes += static_cast<std::int64_t>(line.size());
  tokenizer.files = {{"tokenizer.model", std::move(model)},
                     {"tokenizer.json", tokenizer_json(processor).dump(2) + "\n"},
                     {"tokenizer_config.json", tokenizer_config(processor, max_positions).dump(2) + "\n"},
                     {"chat_template.jinja", std::string(kChatTemplate)}};
  return tokenizer;
}

}  // namespace intelia
