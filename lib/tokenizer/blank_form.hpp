// The forms of tokenizer.json in which blanks become a mark (▁) and nothing else changes: Llama 2 and Mistral (Prepend
// and Replace), Gemma (Replace), Metaspace. Knows the file's fields and what they do to a text; the general way through
// normalizers and pre-tokenizers gives the same ids more slowly. Private to lib/tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tokenizer/json_fields.hpp"

namespace intelia {

struct BlankForm {
  enum class Prefix {
    never,
    always,      // before every stretch of text
    if_missing,  // before every stretch that does not begin with a blank or a mark
    first,       // so too, but only before the stretch that the text begins with
  } prefix = Prefix::never;
  std::string mark;
  bool splits = false;  // words end at every mark; else the whole stretch is one word

  /** Whether a mark goes before `stretch`. */
  bool is_prefixed(std::string_view stretch, bool is_first) const;
};

/** The form of the fields "normalizer" and "pre_tokenizer", or nothing where they do anything else. */
std::optional<BlankForm> read_blank_form(const JsonObject& file);

}  // namespace intelia
