// Trains a tokenizer like that of Llama 2 (SentencePiece BPE with byte fallback) on text and writes it as files for
// SentencePiece and transformers. The only file of this module that uses SentencePiece.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/sinks.hpp"

namespace intelia {

/** Ids of Llama 2: <unk> 0, <s> 1, </s> 2; then <|system|>, <|user|>, <|assistant|>, 256 bytes, merges, characters. */
inline constexpr std::int32_t kTrainedBosId = 1, kTrainedEosId = 2;

struct TrainedTokenizer {
  std::int64_t vocab_size = 0;  // at most the requested size, if the text is large enough
  std::int64_t num_lines = 0;   // lines of training text
  std::int64_t num_bytes = 0;   // bytes of these lines
  /** File names and contents: tokenizer.model, tokenizer.json, tokenizer_config.json, chat_template.jinja. */
  std::vector<std::pair<std::string, std::string>> files;
};

/**
 * Trains on `files`: text and Markdown by line; .jsonl: the contents of the messages or the text of each record. The
 * same files in the same order give the same bytes. `max_positions` is the model_max_length of the tokenizer. Throws
 * Error{input} for a malformed file or no text at all, Error{usage} for a vocabulary too small for the text.
 */
TrainedTokenizer train_tokenizer(const std::vector<std::filesystem::path>& files, std::int64_t vocab_size,
                                 std::int64_t max_positions, const Sinks& sinks);

}  // namespace intelia
