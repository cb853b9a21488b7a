// A JSON Lines file of conversations, tokenized once and stored in a file for training and evaluation
// (token_store.hpp), so that memory does not grow with the dataset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/sinks.hpp"
#include "record/jsonl.hpp"
#include "record/sample_source.hpp"
#include "tokens/encode.hpp"
#include "tokens/token_cache.hpp"
#include "tokens/token_store.hpp"

namespace intelia {

class TokenizedDataset final : public SampleSource {
 public:
  /**
   * * Reads and tokenizes `path`, or takes the tokens that an earlier run stored in `cache`; the result is the same,
   * rejected records included. Records for which the template raises an error, and records without a trained token, are
   * rejected with file:line. The result does not depend on `threads`. The caller checks `rejects` against num_read().
   * Without a folder in `cache`, or when `path` is not a regular file, the tokens are in a temporary file that is
   * deleted with the dataset.
   */
  TokenizedDataset(const std::filesystem::path& path, const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                   const EncodeOptions& options, Rejects& rejects, Sinks sinks, const TokenCacheSettings& cache = {},
                   int threads = 1);

  std::int64_t size() const override { return store_.num_records(); }
  TokenSample at(std::int64_t index) const override { return store_.sample(index); }
  SampleSize size_at(std::int64_t index) const override { return store_.size_at(index); }
  bool is_desirable_at(std::int64_t index) const override { return store_.is_desirable_at(index); }
  std::string content_sha256() const override { return store_.summary().content_sha256; }

  std::int64_t num_read() const { return store_.summary().num_read; }            // lines of the file
  std::int64_t num_truncated() const { return store_.summary().num_truncated; }  // longer than max_length
  std::int64_t num_without_target() const { return store_.summary().num_without_target; }
  /** Records of which not every answer is trained (EncodedConversation::skipped_turns). */
  std::int64_t num_with_skipped_turns() const { return store_.summary().num_with_skipped_turns; }
  /** Records of which the end of the prompt is not trained as it is generated (EncodedPreference). */
  std::int64_t num_with_lost_prompt() const { return store_.summary().num_with_lost_prompt; }
  /** Pairs of which both answers are the same tokens. */
  std::int64_t num_with_equal_answers() const { return store_.summary().num_with_equal_answers; }
  std::int64_t num_tokens() const { return store_.summary().num_tokens; }
  std::int64_t num_targets() const { return store_.summary().num_targets; }

  /** metadata's conversation id, else "line N". */
  std::string id_of(std::int64_t index) const { return store_.record(index).id; }
  std::string language_of(std::int64_t index) const { return store_.record(index).language; }
  /** UTF-8 bytes of the contents that the targets cover, without the template's text: the divisor of bits per byte. */
  std::int64_t target_bytes_of(std::int64_t index) const { return store_.record(index).target_bytes; }
  std::int64_t line_of(std::int64_t index) const { return store_.record(index).line; }

 private:
  TokenStore store_;
};

/** Warns of records that are truncated, and of answers that are not trained; `path` is the file. */
void warn_about_dataset(const std::filesystem::path& path, const TokenizedDataset& dataset,
                        const EncodeOptions& options, Log& log);

/** The warning of `count` records in which a key occurs twice. */
std::string duplicate_keys_warning(const std::filesystem::path& path, std::int64_t count);

/** The warning of `count` of `total` records whose earlier answers are not trained. */
std::string skipped_turns_warning(const std::filesystem::path& path, std::int64_t count, std::int64_t total);

/** One line for people: "3412 records, 1200345 tokens, 800345 of them trained, 3 records truncated". */
std::string describe_dataset(const TokenizedDataset& dataset);

}  // namespace intelia
