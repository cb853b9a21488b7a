// Encodes text as ids and decodes ids, with the same results as the original implementations: tokenizer.json (Hugging
// Face tokenizers), tekken.json (Mistral) and tokenizer.model (SentencePiece, or tiktoken's text format as in Llama 3).
// Knows added and special tokens and the source of each id in the text; knows nothing of messages and templates.
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

/** How encode treats control tokens. By default text is only text, whatever a user wrote into it. */
struct SpecialTokens {
  bool parse = false;  // "<|eot_id|>" in the text becomes the control token
  bool add = false;    // BOS and EOS are added as by the tokenizer's post-processor
};

/** Ids and, for each, the bytes of the text it covers; a character spread over several ids is in the range of each. Ids
   that were added (BOS) have an empty range. */
struct Encoding {
  std::vector<std::int32_t> ids;
  std::vector<ByteRange> ranges;
};

/** Which rules the tokenizer.json of a folder is read by. */
enum class TokenizerRules {
  transformers,  // those of AutoTokenizer: some classes replace rules of the file by their own
  file,          // those of the file alone, as `tokenizers` reads it
};

/** Thread-safe. */
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /**
   * The tokenizer of a Hugging Face folder: tokenizer.json if it exists, else tekken.json, else tokenizer.model, with
   * the names of special tokens from tokenizer_config.json. Throws Error{input} naming the file and any unsupported
   * feature, Error{io} when none of the files exists.
   */
  static std::unique_ptr<Tokenizer> load(const std::filesystem::path& folder,
                                         TokenizerRules rules = TokenizerRules::transformers);

  /**
   * `text` is UTF-8 (other bytes count as U+FFFD). With `special.parse`, control tokens are parsed except where they
   * overlap one of `plain_ranges` (sorted, not overlapping): text that a user typed.
   */
  virtual Encoding encode_with_ranges(std::string_view text, SpecialTokens special = {},
                                      std::span<const ByteRange> plain_ranges = {}) const = 0;
  /** The same ids without the ranges, which is faster. */
  virtual std::vector<std::int32_t> encode(std::string_view text, SpecialTokens special = {}) const;
  /** The ids of each text, on `num_threads` threads; the result does not depend on their number. */
  std::vector<std::vector<std::int32_t>> encode_batch(std::span<const std::string_view> texts,
                                                      SpecialTokens special = {}, unsigned num_threads = 1) const;

  /** Ids that do not exist are skipped, as in the original implementations; bytes that are not UTF-8 become U+FFFD. */
  virtual std::string decode(std::span<const std::int32_t> ids, bool skip_special = false) const = 0;

  /** The largest id + 1. */
  virtual std::int32_t vocabulary_size() const = 0;
  /** The minimum size of the embedding: without the ids of special tokens that the files name but do not contain. */
  virtual std::int32_t embedded_size() const { return vocabulary_size(); }
  virtual std::optional<std::int32_t> id_of(std::string_view token) const = 0;
  /** The token as it is in the vocabulary ("Ġthe", "▁the", "<0x0A>"), empty for ids that do not exist; for vocabularies
     of bytes (tekken.json, tiktoken), with U+FFFD for bytes that are not UTF-8. */
  virtual std::string token_of(std::int32_t id) const = 0;
  virtual bool is_special(std::int32_t id) const = 0;

  std::optional<std::int32_t> bos_id() const { return bos_id_; }
  std::optional<std::int32_t> eos_id() const { return eos_id_; }
  std::optional<std::int32_t> pad_id() const { return pad_id_; }

  /** Of the files of the tokenizer. */
  const std::string& sha256() const { return sha256_; }

 protected:
  std::optional<std::int32_t> bos_id_, eos_id_, pad_id_;
  std::string sha256_;
};

/** Whether a token, as token_of() gives it, stands for a byte: "<0x0A>". */
bool is_byte_token(std::string_view token);

}  // namespace intelia
