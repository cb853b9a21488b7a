// The forms of tokenizer.json in which spaces become a mark (▁) and nothing else changes: Llama 2 and Mistral (Prepend
// and Replace), Gemma (Replace), Metaspace. A fast path: the general one, through normalizers and pre-tokenizers, gives
// the same ids. Private to lib/tokenizer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tokenizer/json_fields.hpp"

namespace intelia {

struct BlankForm {
  enum class Prefix {
    never,
    always,      // before every segment of text
    if_missing,  // before every segment that does not begin with a space or a mark
    first,       // the same, but only before the first segment of the text
  } prefix = Prefix::never;
  std::string mark;
  bool splits = false;  // words end at every mark; else the whole segment is one word

  /** Whether a mark is put before the segment `stretch`. */
  bool is_prefixed(std::string_view stretch, bool is_first) const;
};

/** The form of the fields "normalizer" and "pre_tokenizer", or nothing when they do anything else. */
std::optional<BlankForm> read_blank_form(const JsonObject& file);

}  // namespace intelia
