// What the kinds of tokenizers share: their loaders, and the tokenizer configuration of a model folder.
// Private to lib/tokenizer.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "record/json_fwd.hpp"
#include "tokenizer/added_tokens.hpp"
#include "tokenizer/tokenizer.hpp"

namespace intelia {

std::unique_ptr<Tokenizer> load_tokenizer_json(const std::filesystem::path& folder);
std::unique_ptr<Tokenizer> load_sentencepiece(const std::filesystem::path& folder);

/** The content of tokenizer_config.json and special_tokens_map.json of a folder. */
struct TokenizerConfig {
  std::vector<AddedToken> added_tokens;      // of added_tokens_decoder and added_tokens.json
  std::map<std::string, std::string> names;  // bos_token, eos_token, pad_token, unk_token → text
  std::optional<bool> add_bos_token, add_eos_token, legacy, add_prefix_space;
  std::string bytes;  // of the files, for the hash
};
/** The text of a special token as configuration files write it, "<s>" or {"content":"<s>",…}; nothing for anything
 * else. */
std::optional<std::string> special_token_text(const Json& value);

TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder);

}  // namespace intelia
