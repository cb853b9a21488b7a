// Text ↔ ids, exactly as the peers: tokenizer.json (BPE of Hugging Face tokenizers), tekken.json (Mistral) and
// tokenizer.model (SentencePiece, or tiktoken's text as Llama 3 has it). Knows added and special tokens and where each
// id came from in the text; knows nothing of messages and templates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/byte_range.hpp"

namespace intelia {

/** What encode does with control tokens. By default text is only text, whatever a user wrote into it. */
struct SpecialTokens {
  bool parse = false;  // "<|eot_id|>" in the text becomes the control token
  bool add = false;    // BOS and EOS are put where the tokenizer's post-processor puts them
};

/** Ids and, for each, the bytes of the text it stands for; a character spread over several ids counts in each of them.
    Ids that were added (BOS) have an empty range. */
struct Encoding {
  std::vector<std::int32_t> ids;
  std::vector<ByteRange> ranges;
};

/** Several threads may use one Tokenizer. */
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /**
   * The tokenizer of a Hugging Face folder: tokenizer.json when it is there, else tekken.json, else tokenizer.model,
   * with the names of BOS, EOS and PAD from tokenizer_config.json. Throws Error{input} naming the file and any feature
   * that is not supported, Error{io} when none of the files is there.
   */
  static std::unique_ptr<Tokenizer> load(const std::filesystem::path& folder);

  /**
   * `text` is UTF-8 (other bytes count as U+FFFD). With `special.parse`, control tokens count except where they touch
   * one of `plain_ranges` (sorted, not overlapping): text that a user typed.
   */
  virtual Encoding encode_with_ranges(std::string_view text, SpecialTokens special = {},
                                      std::span<const ByteRange> plain_ranges = {}) const = 0;
  /** The same ids without the ranges, which take longer than the ids. */
  virtual std::vector<std::int32_t> encode(std::string_view text, SpecialTokens special = {}) const;
  /** The ids of each text, on `num_threads` threads; the result does not depend on their number. */
  std::vector<std::vector<std::int32_t>> encode_batch(std::span<const std::string_view> texts,
                                                      SpecialTokens special = {}, unsigned num_threads = 1) const;

  /** Ids that do not exist are passed over, as the peers do; bytes that are not UTF-8 come back as U+FFFD. */
  virtual std::string decode(std::span<const std::int32_t> ids, bool skip_special = false) const = 0;

  /** The largest id + 1: what the embedding must at least hold. */
  virtual std::int32_t vocabulary_size() const = 0;
  virtual std::optional<std::int32_t> id_of(std::string_view token) const = 0;
  /** As it stands in the vocabulary ("Ġthe", "▁the", "<0x0A>"), empty for ids that do not exist; of a
      token that is bytes (tekken.json, tiktoken), those that are not UTF-8 as U+FFFD. */
  virtual std::string token_of(std::int32_t id) const = 0;
  virtual bool is_special(std::int32_t id) const = 0;

  std::optional<std::int32_t> bos_id() const { return bos_id_; }
  std::optional<std::int32_t> eos_id() const { return eos_id_; }
  std::optional<std::int32_t> pad_id() const { return pad_id_; }

  /** Of the files that the tokenizer is made from. */
  const std::string& sha256() const { return sha256_; }

 protected:
  std::optional<std::int32_t> bos_id_, eos_id_, pad_id_;
  std::string sha256_;
};

}  // namespace intelia
