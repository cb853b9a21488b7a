// The decoders of a tokenizer.json: from tokens to text. Private to lib/tokenizer.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tokenizer/json_fields.hpp"

namespace intelia {

/** Transforms the list of tokens; the result of the last one is joined. Throws Error{input} when they become longer
 * than `max_bytes` together. */
using Decoder = std::function<void(std::vector<std::string>& tokens, std::size_t max_bytes)>;

/** Those of the field "decoder", in order. Throws Error{input} naming one that is not supported. */
std::vector<Decoder> read_decoders(const JsonObject& file);

}  // namespace intelia
