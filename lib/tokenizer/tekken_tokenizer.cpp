// tekken.json of Mistral (versions v3 to v15): the split pattern, ranks with their bytes, the last of which
// default_vocab_size may exclude, and control tokens that have the first ids. Settings for images, audio and models in
// the file are not used.
// https://github.com/mistralai/mistral-common/blob/main/src/mistral_common/tokens/tokenizers/tekken.py
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "tokenizer/rank_tokenizer.hpp"

namespace intelia {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 5> kVersions = {"v3", "v7", "v11", "v13", "v15"};
constexpr std::int64_t kMaxTokens = 1 << 22;

// Control tokens of files up to v7 that do not list them.
constexpr std::array<const char*, 20> kOldControlTokens = {"<unk>",
                                                           "<s>",
                                                           "</s>",
                                                           "[INST]",
                                                           "[/INST]",
                                                           "[AVAILABLE_TOOLS]",
                                                           "[/AVAILABLE_TOOLS]",
                                                           "[TOOL_RESULTS]",
                                                           "[/TOOL_RESULTS]",
                                                           "[TOOL_CALLS]",
                                                           "[IMG]",
                                                           "<pad>",
                                                           "[IMG_BREAK]",
                                                           "[IMG_END]",
                                                           "[PREFIX]",
                                                           "[MIDDLE]",
                                                           "[SUFFIX]",
                                                           "[SYSTEM_PROMPT]",
                                                           "[/SYSTEM_PROMPT]",
                                                           "[TOOL_CONTENT]"};

std::vector<std::string> listed_control_tokens(const array& list) {
  std::vector<std::string> contents(list.size());
  for (const element item : list) {
    const std::int64_t rank = item["rank"];
    const std::string_view content = item["token_str"];
    if (rank < 0 || rank >= std::ssize(contents) || content.empty() ||
        !contents[static_cast<std::size_t>(rank)].empty()) {
      throw Error(Kind::input, fmt::format("special_tokens: the rank {} of '{}' is not one of 0 to {}, each once", rank,
                                           content, contents.size() - 1));
    }
    contents[static_cast<std::size_t>(rank)] = content;
  }
  return contents;
}

/** All `count` control tokens: those that the file does not name get filler names. */
std::vector<AddedToken> control_tokens(const object& file, std::string_view version, std::int64_t count) {
  std::vector<std::string> contents;
  element list;
  if (file["special_tokens"].get(list) == simdjson::SUCCESS && !list.is_null()) {
    contents = listed_control_tokens(list);
  } else if (version == "v3" || version == "v7") {
    contents.assign(kOldControlTokens.begin(), kOldControlTokens.end());
  } else {
    throw Error(Kind::input, fmt::format("a file of version {} must list its special_tokens", version));
  }
  if (count < std::ssize(contents))
    throw Error(Kind::input,
                fmt::format("default_num_special_tokens is {} for {} special_tokens", count, contents.size()));
  std::vector<AddedToken> tokens;
  for (std::int32_t id = 0; id < count; ++id) {
    const auto index = static_cast<std::size_t>(id);
    tokens.push_back({id, index < contents.size() ? contents[index] : fmt::format("<SPECIAL_{}>", id), true, false,
                      false, false, false});
  }
  return tokens;
}

std::vector<std::string> read_words(const array& list, std::int64_t count) {
  if (count < 0 || count > static_cast<std::int64_t>(list.size())) {
    throw Error(Kind::input, fmt::format("default_vocab_size needs {} ranks, the vocab has {}", count, list.size()));
  }
  std::vector<std::string> words;
  for (const element item : list) {
    if (std::ssize(words) == count) break;
    const std::string_view encoded = item["token_bytes"];
    auto word = decode_base64(encoded);
    if (!word) throw Error(Kind::input, fmt::format("vocab: the token_bytes '{}' are not base64", encoded));
    if (std::int64_t(item["rank"]) != std::ssize(words))
      throw Error(Kind::input, fmt::format("vocab: the entry {} has another rank", words.size()));
    words.push_back(std::move(*word));
  }
  return words;
}

RankVocabulary read_vocabulary(const object& file) {
  const object config = file["config"];
  const std::string_view version = config["version"];
  if (std::find(kVersions.begin(), kVersions.end(), version) == kVersions.end()) {
    throw Error(Kind::input, fmt::format("the version '{}' is not supported", version));
  }
  const std::int64_t vocabulary_size = config["default_vocab_size"];
  const std::int64_t num_control_tokens = config["default_num_special_tokens"];
  if (vocabulary_size > kMaxTokens || num_control_tokens < 0 || num_control_tokens > vocabulary_size) {
    throw Error(Kind::input, fmt::format("{} tokens, {} of them special, is not a valid vocabulary size",
                                         vocabulary_size, num_control_tokens));
  }
  RankVocabulary vocabulary;
  vocabulary.pattern = std::string_view(config["pattern"]);
  vocabulary.first_id = static_cast<std::int32_t>(num_control_tokens);
  vocabulary.added = control_tokens(file, version, num_control_tokens);
  vocabulary.words = read_words(file["vocab"], vocabulary_size - num_control_tokens);
  return vocabulary;
}

RankVocabulary parse(std::string_view bytes) {
  try {
    simdjson::dom::parser parser;
    return read_vocabulary(parser.parse(simdjson::padded_string(bytes)));
  } catch (const simdjson::simdjson_error& error) {
    throw Error(Kind::input, std::string("not the JSON of a Mistral tokenizer: ") + error.what());
  }
}

}  // namespace

std::unique_ptr<Tokenizer> load_tekken(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "tekken.json";
  return with_context(path.string(), [&] {
    const std::string bytes = read_member(folder, "tekken.json");
    RankVocabulary vocabulary = parse(bytes);
    name_tokens(vocabulary, read_tokenizer_config(folder), bytes, {"<s>", "</s>", "<pad>"});
    return make_rank_tokenizer(std::move(vocabulary));
  });
}

}  // namespace intelia
