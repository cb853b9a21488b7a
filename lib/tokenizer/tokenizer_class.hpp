// Which class transformers 5 gives the tokenizer of a folder. Some classes take from tokenizer.json only the
// vocabulary, the merges, the added tokens and the post-processor, and have the other rules in their code; those rules
// are here. Private to lib/tokenizer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "record/json_fwd.hpp"

namespace intelia {

enum class TokenizerClass { file, llama, code_llama, qwen2, gemma, gpt2, gpt_neox };  // file: rules of tokenizer.json

/** The class that AutoTokenizer (transformers 5.23, without remote code) loads `folder` with, whose
   tokenizer_config.json is `config`. Error{input} names a class whose rules are not known here. */
TokenizerClass tokenizer_class_of(const std::filesystem::path& folder, const Json& config);

/** Special tokens that the class has where the configuration does not name them: {"bos_token", "<s>"}, …. */
std::vector<std::pair<std::string, std::string>> default_special_tokens(TokenizerClass tokenizer_class);

/** The fields normalizer, pre_tokenizer, decoder and model (without vocabulary and merges) of a tokenizer.json with the
    rules of `tokenizer_class`, which is not `file`. `config`: tokenizer_config.json. `unknown`: the unknown token. */
Json tokenizer_parts(TokenizerClass tokenizer_class, const Json& config, const std::string& unknown);

}  // namespace intelia
