// A dataset's tokens in one file: every sample, the line it came from, and rejected lines. Written in one pass and read
// at random, both in constant memory. Does not know what the tokens were made from: the caller supplies a key, and a
// file with another key, or a damaged one, is rejected.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "record/sample_source.hpp"

namespace intelia {

/** A sample's data other than its tokens. */
struct StoredRecord {
  std::int64_t line = 0;          // of the dataset, from 1
  std::int64_t target_bytes = 0;  // EncodedConversation::target_bytes
  std::string id, language;
};

/** Totals of the file. */
struct TokenStoreSummary {
  std::string content_sha256;  // 64 digits
  std::int64_t num_read = 0;   // lines of the dataset
  std::int64_t num_truncated = 0;
  std::int64_t num_without_target = 0;
  std::int64_t num_duplicate_keys = 0;  // records in which a key occurs twice
  std::int64_t num_with_skipped_turns = 0;
  std::int64_t num_with_lost_prompt = 0;  // see EncodedPreference::num_lost_prompt_tokens
  std::int64_t num_with_equal_answers = 0;
  std::int64_t num_records = 0, num_tokens = 0, num_targets = 0, num_rejected = 0;  // counted by the writer
};

/**
 * * The file, little-endian, every section at a multiple of 8 bytes, so that it may be mapped: a header of 280 bytes
 * (see token_store.cpp); the samples, each with its ids as int32, one bit per id for its targets, in words of 32 bits,
 * and, where targets have their own weights, one fp32 per id; an index of 64 bytes per sample; ids and languages of the
 * samples; rejected lines. Reading is thread-safe.
 */
class TokenStore {
 public:
  /** Nothing when the file does not exist. Throws Error{input} when it is damaged, has another key or another owner. */
  static std::optional<TokenStore> open(const std::filesystem::path& path, std::string_view key);
  ~TokenStore();
  TokenStore(TokenStore&&) noexcept;
  TokenStore& operator=(TokenStore&&) noexcept;

  const TokenStoreSummary& summary() const;
  std::int64_t num_records() const { return summary().num_records; }
  /** 0 <= index < num_records(). Throws Error{io} when the file cannot be read. */
  TokenSample sample(std::int64_t index) const;
  /** Of that sample, read from the index only. */
  SampleSize size_at(std::int64_t index) const;
  bool is_desirable_at(std::int64_t index) const;
  StoredRecord record(std::int64_t index) const;
  /** The rejected lines in order, with the reason and the line itself. */
  void for_each_rejected(
      const std::function<void(std::int64_t line, const std::string& reason, const std::string& raw)>& take) const;

 private:
  friend class TokenStoreWriter;
  struct State;
  explicit TokenStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class TokenStoreWriter {
 public:
  /** A temporary file, deleted with the store made from it. */
  TokenStoreWriter();
  /** A file (mode 0600) that becomes `path` once it is complete; where that fails, fault() says why and the store keeps
     the file without a name. */
  explicit TokenStoreWriter(const std::filesystem::path& path);
  ~TokenStoreWriter();

  void add(const TokenSample& sample, const StoredRecord& record);
  void add_rejected(std::int64_t line, std::string_view reason, std::string_view raw);
  /** Ends the writer. Without `keeps_name` only the store keeps the file. `summary` has what the writer does not
     count itself; `key` has 64 characters. */
  TokenStore finish(TokenStoreSummary summary, std::string_view key, bool keeps_name = true);
  /** After finish(): why there is no file at `path`; also empty when another run is writing the same one. */
  const std::string& fault() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace intelia
