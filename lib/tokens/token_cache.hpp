// The cache of tokenized datasets: keys, lookup, eviction of the least recently used. The file format is
// token_store.hpp's.
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
  std::filesystem::path folder;           // empty: nothing is cached
  std::uint64_t max_bytes = 16ULL << 30;  // of all files together; 0: no limit
  std::string program;                    // identifies the build: tokens of another one are not used
};

/**
 * The cache key of a dataset's tokens: a SHA-256 over everything they depend on, which is the program, tokenizer,
 * template, all options of rendering and encoding, and the bytes of the dataset.
 */
std::string token_key(const Tokenizer& tokenizer, const ChatTemplate& chat_template, const EncodeOptions& options,
                      const std::string& dataset_sha256, const std::string& program);

/**
 * The tokens for `key`: those in the cache, or those that `make` writes, which are cached if possible. A damaged file
 * is recreated; where the folder cannot be used, or its disk is full, a warning is logged and nothing is cached.
 * `is_unchanged` tells after writing whether the dataset is still what the key was made from. Several runs may do this
 * at the same time.
 */
TokenStore cached_tokens(const TokenCacheSettings& settings, const std::string& key, Log& log,
                         const std::function<TokenStoreSummary(TokenStoreWriter&)>& make,
                         const std::function<bool()>& is_unchanged);

}  // namespace intelia
