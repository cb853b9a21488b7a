// Unicode properties as in Hugging Face tokenizers, whose parts use different Unicode versions: each function here
// answers for the version of the corresponding part, from ICU's data and, where that is older, from lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/aligned_text.hpp"

namespace intelia {

/** Whether the character was in Unicode `major`.0 already. */
bool is_known_in(int major, char32_t code_point);
/** White_Space, the same in every version. */
bool is_white_space(char32_t code_point);
/** General category N, as Rust's char::is_numeric. */
bool is_numeric(char32_t code_point);
/** ASCII's punctuation and symbols, and general category P in Unicode 8. */
bool is_punctuation(char32_t code_point);
/** A word character of the regex crate: letters, marks, decimal digits, connectors, joiners. */
bool is_word(char32_t code_point);
/** General category M in Unicode 9. */
bool is_combining_mark(char32_t code_point);

/** Rust's char::to_lowercase: one character, except for U+0130. */
std::u32string lowercase(char32_t code_point);

enum class NormalForm { nfc, nfd, nfkc, nfkd };
/** Unicode 9's normal form of `text`, with the alignment changes that the crate used by tokenizers reports. */
void normalize(AlignedText& text, NormalForm form);

/** Whether `text` has a character that is among unicode_additions(). */
bool has_additions(std::string_view text);

/** The ends of the extended grapheme clusters of `text`, in order. */
std::vector<std::size_t> grapheme_ends(const std::string& text);

}  // namespace intelia
