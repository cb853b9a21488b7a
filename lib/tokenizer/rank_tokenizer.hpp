// Byte-pair encoding as in tiktoken: a vocabulary of byte strings whose ids are also the merge order, one split
// pattern, and control tokens. Knows neither files nor their formats. Private to lib/tokenizer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tokenizer/tokenizer.hpp"
#include "tokenizer/tokenizer_files.hpp"

namespace intelia {

/** The content of a file with ranks. */
struct RankVocabulary {
  std::vector<std::string> words;  // by rank: the bytes of the token
  std::int32_t first_id = 0;       // the id of rank 0
  std::string pattern;             // splits a text into words, in the syntax of tiktoken
  std::vector<AddedToken> added;   // control tokens and others, with their ids
  std::optional<std::int32_t> bos_id, eos_id, pad_id;
  bool adds_bos = true, adds_eos = false;
  std::string sha256;  // of the files
};

/** The publisher's names, used where tokenizer_config.json has none. */
struct PublishedNames {
  std::string_view bos, eos, pad;
};

/** Sets the ids of BOS, EOS and PAD, whether they are added, and the hash of `file` and the configuration. */
void name_tokens(RankVocabulary& vocabulary, const TokenizerConfig& config, std::string_view file,
                 const PublishedNames& published);

/** Throws Error{input} when a byte has no token, or a token or an id occurs twice. */
std::unique_ptr<Tokenizer> make_rank_tokenizer(RankVocabulary vocabulary);

/** tokenizer.model in tiktoken's text format: base64 of the bytes, a space, the rank, one line per token. */
std::unique_ptr<Tokenizer> load_tiktoken(const std::filesystem::path& folder);
/** Whether the file begins like such a text rather than a SentencePiece model. Throws Error{io}. */
bool is_tiktoken_file(const std::filesystem::path& path);

/** tekken.json of Mistral: https://github.com/mistralai/mistral-common */
std::unique_ptr<Tokenizer> load_tekken(const std::filesystem::path& folder);

}  // namespace intelia
