// The decoders of a tokenizer.json: what makes a text of the tokens of ids. Private to lib/tokens.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tokenizer/json_fields.hpp"

namespace intelia {

/** Changes the list of tokens; what is left at the end is joined. */
using Decoder = std::function<void(std::vector<std::string>&)>;

/** Those of the field "decoder", in order. Throws Error{input} naming one that is not supported. */
std::vector<Decoder> read_decoders(const JsonObject& file);

}  // namespace intelia
