// The tokenizer of a model as keys of a GGUF file: tokens, scores or merges, special ids, chat template.
#pragma once

#include <filesystem>
#include <string>

#include "base/sinks.hpp"
#include "model/gguf.hpp"

namespace intelia {

struct GgufTokenizerSource {
  std::filesystem::path folder;  // of the tokenizer
  std::filesystem::path model;   // of config.json and generation_config.json
  std::int64_t vocab_size = 0;   // rows of the embedding
};

/** Error{input} for a tokenizer that llama.cpp would apply differently. */
void add_tokenizer_keys(GgufKeys& keys, const GgufTokenizerSource& source, Log& log);

}  // namespace intelia
