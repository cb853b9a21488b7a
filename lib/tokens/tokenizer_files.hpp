// What the two kinds of tokenizer share: how they are loaded, and the added tokens that are cut out of a text first.
// Private to lib/tokens.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/json.hpp"
#include "tokens/tokenizer.hpp"

namespace intelia {

std::unique_ptr<Tokenizer> load_tokenizer_json(const std::filesystem::path& folder);
std::unique_ptr<Tokenizer> load_sentencepiece(const std::filesystem::path& folder);

struct AddedToken {
  std::int32_t id = 0;
  std::string content;
  bool is_special = false;
  bool strips_left = false;   // blanks before it belong to it
  bool strips_right = false;  // blanks after it belong to it
  bool is_normalized = true;  // sought in the normalized text
  bool is_single_word = false;
};

/** A stretch of a text: between added tokens (id < 0), or one of them. */
struct Segment {
  ByteRange bytes;
  std::int32_t id = -1;
};

/** text[begin, end) widened to whole characters. */
ByteRange whole_characters(std::string_view text, std::size_t begin, std::size_t end);

/** Finds added tokens in a text: leftmost, the longest of those that begin there. */
class AddedTokenFinder {
 public:
  AddedTokenFinder() = default;
  explicit AddedTokenFinder(std::vector<AddedToken> tokens);
  bool is_empty() const { return tokens_.empty(); }

  /** Cuts `text`. Special tokens count when `parse_special` and they touch none of `plain_ranges`; others always. */
  std::vector<Segment> split(std::string_view text, bool parse_special, std::span<const ByteRange> plain_ranges) const;

 private:
  std::vector<AddedToken> tokens_;                     // by first byte, then from long to short
  std::array<std::pair<std::size_t, std::size_t>, 256> by_first_byte_{};  // ranges in tokens_
};

/** What tokenizer_config.json and special_tokens_map.json of a folder say. */
struct TokenizerConfig {
  std::vector<AddedToken> added_tokens;         // of added_tokens_decoder and added_tokens.json
  std::map<std::string, std::string> names;     // bos_token, eos_token, pad_token, unk_token → text
  std::optional<bool> add_bos_token, add_eos_token, legacy, add_prefix_space;
  std::string bytes;                             // of the files, for the hash
};
TokenizerConfig read_tokenizer_config(const std::filesystem::path& folder);

}  // namespace intelia
