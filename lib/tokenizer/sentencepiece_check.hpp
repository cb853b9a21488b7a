// What the SentencePiece library does not check of a model before it trusts it: the character map of its normalizer,
// whose offsets it follows in memory. A model folder is untrusted. Private to lib/tokens.
#pragma once

#include <string_view>

namespace intelia {

/** Throws Error{input} where a map in the serialized ModelProto `model` leads outside of itself. What is no ModelProto
   at all is left to the library, which says so. */
void check_sentencepiece_model(std::string_view model);

}  // namespace intelia
