// What the kinds of tokenizers share: their loaders, and the tokenizer configuration of a model folder.
// Private to lib/tokenizer.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "record/json.hpp"
#include "tokenizer/added_tokens.hpp"
#include "tokenizer/tokenizer.hpp"
#include "tokenizer/tokenizer_class.hpp"

namespace intelia {

std::unique_ptr<Tokenizer> load_tokenizer_json(const std::filesystem::path& folder, TokenizerRules rules);
std::unique_ptr<Tokenizer> load_sentencepiece(const std::filesystem::path& folder);

/** The content of the configuration files of a folder, as transformers 5 reads them. */
struct TokenizerConfig {
  TokenizerClass tokenizer_class = TokenizerClass::file;
  std::vector<AddedToken> added_tokens;  // of added_tokens_decoder, or else of added_tokens.json; by id
  bool has_added_tokens_decoder = false;
  std::map<std::string, std::string> names;  // bos_token, eos_token, …, also those of a model's own → text
  std::vector<AddedToken> special_tokens;    // the named ones and extra_special_tokens; without ids
  std::optional<bool> add_bos_token, add_eos_token, legacy, add_prefix_space;
  Json parts;         // the rules of the class (tokenizer_parts), unless it is `file`
  std::string bytes;  // of the files and the choice of rules, for the hash
};
/** The text of a special token as configuration files write it, "<s>" or {"content":"<s>",…}; nothing for anything
 * else. */
std::optional<std::string> special_token_text(const Json& value);

TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder,
                                      TokenizerRules rules = TokenizerRules::transformers);

}  // namespace intelia
