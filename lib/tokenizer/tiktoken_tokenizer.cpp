// tokenizer.model in tiktoken's text format, as published with Llama 3 and 4. The format has neither a split pattern
// nor control tokens: the pattern follows from the number of ranks, the control tokens from tokenizer_config.json or,
// for Llama 3, from https://github.com/meta-llama/llama-models/blob/main/models/llama3/tokenizer.py
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "tokenizer/rank_tokenizer.hpp"

namespace intelia {

namespace {

constexpr std::size_t kLlama3Ranks = 128000;
constexpr std::size_t kLlama4Ranks = 200000;
constexpr int kLlama3ControlTokens = 256;
constexpr std::size_t kMaxRanks = 1 << 22;

constexpr const char* kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
// That of o200k: https://github.com/meta-llama/llama-models/blob/main/models/llama4/tokenizer.py
constexpr const char* kLlama4Pattern =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

struct Line {
  std::string_view token;  // base64
  std::size_t rank = 0;
};

/** One line of the file, or nothing when it is not "BASE64 RANK". */
std::optional<Line> parse_line(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  const std::size_t blank = text.find(' ');
  if (blank == 0 || blank == std::string_view::npos) return std::nullopt;
  Line line{text.substr(0, blank), 0};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + blank + 1, end, line.rank);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return line;
}

void put_word(std::vector<std::string>& words, const Line& line, std::size_t line_number) {
  auto word = decode_base64(line.token);
  if (!word || word->empty())
    throw Error(Kind::input, fmt::format("line {}: '{}' is not base64", line_number, line.token));
  if (line.rank >= kMaxRanks)
    throw Error(Kind::input, fmt::format("line {}: the rank {} is too large", line_number, line.rank));
  if (line.rank >= words.size()) words.resize(line.rank + 1);
  if (!words[line.rank].empty())
    throw Error(Kind::input, fmt::format("line {}: the rank {} occurs twice", line_number, line.rank));
  words[line.rank] = std::move(*word);
}

std::vector<std::string> read_words(std::string_view file) {
  std::vector<std::string> words;
  std::size_t line_number = 0;
  while (!file.empty()) {
    ++line_number;
    const std::size_t end = std::min(file.find('\n'), file.size());
    const std::string_view text = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    if (text.empty()) continue;
    const auto line = parse_line(text);
    if (!line) throw Error(Kind::input, fmt::format("line {} is not a base64 token, a space and a rank", line_number));
    put_word(words, *line, line_number);
  }
  const auto gap = std::find(words.begin(), words.end(), std::string());
  if (gap != words.end()) throw Error(Kind::input, fmt::format("no token has the rank {}", gap - words.begin()));
  return words;
}

AddedToken control_token(std::int32_t id, std::string content) {
  return {id, std::move(content), true, false, false, false, false};
}

std::vector<AddedToken> llama3_control_tokens() {
  constexpr std::array kNamed = {"<|begin_of_text|>",
                                 "<|end_of_text|>",
                                 "<|reserved_special_token_0|>",
                                 "<|reserved_special_token_1|>",
                                 "<|finetune_right_pad_id|>",
                                 "<|step_id|>",
                                 "<|start_header_id|>",
                                 "<|end_header_id|>",
                                 "<|eom_id|>",
                                 "<|eot_id|>",
                                 "<|python_tag|>",
                                 "<|image|>"};
  std::vector<AddedToken> tokens;
  for (int i = 0; i < kLlama3ControlTokens; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const std::string content =
        index < kNamed.size() ? kNamed[index] : fmt::format("<|reserved_special_token_{}|>", index - kNamed.size() + 2);
    tokens.push_back(control_token(static_cast<std::int32_t>(kLlama3Ranks) + i, content));
  }
  return tokens;
}

/** Those of the configuration; missing ids between them are reserved, as in transformers. */
std::vector<AddedToken> configured_tokens(const std::vector<AddedToken>& configured, std::int32_t num_ranks) {
  std::vector<AddedToken> tokens = configured;
  std::vector<std::int32_t> ids;
  for (const AddedToken& token : tokens) ids.push_back(token.id);
  std::sort(ids.begin(), ids.end());
  const std::int32_t end = ids.back();
  if (end > static_cast<std::int32_t>(kMaxRanks))
    throw Error(Kind::input, fmt::format("the id {} of an added token is too large", end));
  for (std::int32_t id = num_ranks; id < end; ++id) {
    if (!std::binary_search(ids.begin(), ids.end(), id))
      tokens.push_back(control_token(id, fmt::format("<|reserved_token_{}|>", id)));
  }
  return tokens;
}

std::vector<AddedToken> added_tokens(const TokenizerConfig& config, std::size_t num_ranks) {
  if (!config.added_tokens.empty()) return configured_tokens(config.added_tokens, static_cast<std::int32_t>(num_ranks));
  if (num_ranks == kLlama3Ranks) return llama3_control_tokens();
  throw Error(Kind::input,
              fmt::format("the control tokens of a vocabulary with {} ranks are not in the file; put the model's "
                          "tokenizer_config.json (with added_tokens_decoder) or its tokenizer.json next to it",
                          num_ranks));
}

std::string pattern_for(std::size_t num_ranks) {
  if (num_ranks == kLlama3Ranks) return kLlama3Pattern;
  if (num_ranks == kLlama4Ranks) return kLlama4Pattern;
  throw Error(
      Kind::input,
      fmt::format(
          "the split pattern of a vocabulary with {} ranks is not in the file, and only those of Llama 3 ({}) and "
          "Llama 4 ({}) are known; put the model's tokenizer.json next to it",
          num_ranks, kLlama3Ranks, kLlama4Ranks));
}

}  // namespace

bool is_tiktoken_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(256, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (!file.is_open() || file.bad()) throw Error(Kind::io, path.string() + ": cannot be read");
  start.resize(static_cast<std::size_t>(file.gcount()));
  const auto line = parse_line(std::string_view(start).substr(0, start.find('\n')));
  return line && decode_base64(line->token);
}

std::unique_ptr<Tokenizer> load_tiktoken(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "tokenizer.model";
  return with_context(path.string(), [&] {
    const std::string bytes = read_member(folder, "tokenizer.model");
    const TokenizerConfig config = read_tokenizer_config(folder);
    RankVocabulary vocabulary;
    vocabulary.words = read_words(bytes);
    vocabulary.pattern = pattern_for(vocabulary.words.size());
    vocabulary.added = added_tokens(config, vocabulary.words.size());
    const char* pad = vocabulary.words.size() == kLlama3Ranks ? "<|finetune_right_pad_id|>" : "<|finetune_right_pad|>";
    name_tokens(vocabulary, config, bytes, {"<|begin_of_text|>", "<|end_of_text|>", pad});
    return make_rank_tokenizer(std::move(vocabulary));
  });
}

}  // namespace intelia
