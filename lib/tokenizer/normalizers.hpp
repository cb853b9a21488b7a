// The normalizers of a tokenizer.json: they change a text before it is split. Private to lib/tokenizer.
#pragma once

#include <functional>
#include <vector>

#include "text/aligned_text.hpp"
#include "tokenizer/json_fields.hpp"

namespace intelia {

using Normalizer = std::function<void(AlignedText&)>;

/** Those of the field "normalizer", in order. Throws Error{input} naming one that is not supported. */
std::vector<Normalizer> read_normalizers(const JsonObject& file);

/** Replaces every byte by its character in GPT-2's alphabet. */
void map_bytes(AlignedText& text);

}  // namespace intelia
