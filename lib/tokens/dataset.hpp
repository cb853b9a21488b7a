// A JSONL file of conversations, tokenized once and kept compactly in memory for training and evaluation.
// It includes engine/engine.hpp for SampleSource alone: the engine says what shape of data it draws, and this room makes
// that shape; nothing here calls the engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "engine/engine.hpp"
#include "record/jsonl.hpp"
#include "tokens/encode.hpp"

namespace intelia {

class TokenizedDataset final : public SampleSource {
 public:
  /**
   * Reads and tokenizes `path`. Records that the template refuses, and records in which no trained token remains, are
   * rejected by name (file:line). The caller checks `rejects` against num_read().
   */
  TokenizedDataset(const std::filesystem::path& path, const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                   const EncodeOptions& options, Rejects& rejects, Sinks sinks);

  std::int64_t size() const override { return static_cast<std::int64_t>(records_.size()); }
  TokenSample at(std::int64_t index) const override;
  std::string content_sha256() const override { return content_sha256_; }

  std::int64_t num_read() const { return num_read_; }              // lines of the file
  std::int64_t num_cut() const { return num_cut_; }                // longer than max_length
  std::int64_t num_without_target() const { return num_without_target_; }
  std::int64_t num_tokens() const { return static_cast<std::int64_t>(ids_.size()); }
  std::int64_t num_targets() const { return num_targets_; }

  /** metadata's conversation id, else "line N". */
  const std::string& id_of(std::int64_t index) const { return records_[static_cast<std::size_t>(index)].id; }
  const std::string& language_of(std::int64_t index) const { return records_[static_cast<std::size_t>(index)].language; }
  /** Bytes of UTF-8 that the targets stand for: what bits per byte divides by. */
  std::int64_t target_bytes_of(std::int64_t index) const {
    return records_[static_cast<std::size_t>(index)].target_bytes;
  }
  std::int64_t line_of(std::int64_t index) const { return records_[static_cast<std::size_t>(index)].line; }

 private:
  struct Record {
    std::size_t begin = 0, end = 0;  // in ids_
    std::int64_t line = 0;
    std::int64_t target_bytes = 0;
    std::string id, language;
  };
  std::vector<Record> records_;
  std::vector<std::int32_t> ids_;
  std::vector<bool> is_target_;
  std::int64_t num_read_ = 0, num_cut_ = 0, num_without_target_ = 0, num_targets_ = 0;
  std::string content_sha256_;
};

}  // namespace intelia
