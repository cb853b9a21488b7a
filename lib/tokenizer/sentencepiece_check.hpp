// Validates what the SentencePiece library trusts unchecked in a model: the offsets in the character map of its
// normalizer. A model folder is untrusted. Private to lib/tokenizer.
#pragma once

#include <string_view>

namespace intelia {

/** Throws Error{input} when a map in the serialized ModelProto `model` has offsets out of bounds. Data that are not a
    ModelProto are left to the library, which reports them. */
void check_sentencepiece_model(std::string_view model);

}  // namespace intelia
