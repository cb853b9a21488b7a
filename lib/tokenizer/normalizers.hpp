// The normalizers of a tokenizer.json: what changes a text before it is cut. Private to lib/tokens.
#pragma once

#include <functional>
#include <vector>

#include "text/aligned_text.hpp"
#include "tokenizer/json_fields.hpp"

namespace intelia {

using Normalizer = std::function<void(AlignedText&)>;

/** Those of the field "normalizer", in order. Throws Error{input} naming one that is not supported. */
std::vector<Normalizer> read_normalizers(const JsonObject& file);

/** Puts GPT-2's stand-in in place of every byte. */
void map_bytes(AlignedText& text);

}  // namespace intelia
