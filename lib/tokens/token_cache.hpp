// Where files of tokens are kept between runs, what each is made from, and which go first when there are too many. The
// file itself is token_store.hpp's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/sinks.hpp"
#include "tokens/encode.hpp"
#include "tokens/token_store.hpp"

namespace intelia {

struct TokenCacheSettings {
  std::filesystem::path folder;           // empty: nothing is kept
  std::uint64_t max_bytes = 16ULL << 30;  // of all files together; the least recently used go first; 0: no limit
  std::string program;                    // tells builds apart: what another one made is not taken
};

/**
 * The name of a dataset's tokens: a SHA-256 over everything they depend on, which is the program, tokenizer, template,
 * all options of rendering and encoding, and the bytes of the dataset.
 */
std::string token_key(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const EncodeOptions& options,
                      const std::string& dataset_sha256, const std::string& program);

/**
 * The tokens under `key`: those in the folder, or those that `make` writes, which are kept if they can be. A damaged
 * file is made again; where the folder cannot be used, or its disk is full, it is gone without it and the log says so.
 * `is_still_so` tells after the writing whether the dataset is still what the key was made from. Several runs may do
 * this at once.
 */
TokenStore cached_tokens(const TokenCacheSettings& settings, const std::string& key, Log& log,
                         const std::function<TokenStoreSummary(TokenStoreWriter&)>& make,
                         const std::function<bool()>& is_still_so);

}  // namespace intelia
