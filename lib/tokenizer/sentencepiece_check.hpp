// Validates what the SentencePiece library trusts unchecked in a model: the offsets in the character map of its
// normalizer; and reads two of its settings. A model folder is untrusted. Private to lib/tokenizer.
#pragma once

#include <string_view>

namespace intelia {

/** Throws Error{input} when a map in the serialized ModelProto `model` has offsets out of bounds. Data that are not a
    ModelProto are left to the library, which reports them. */
void check_sentencepiece_model(std::string_view model);

/** Properties of a model that the library does not tell. */
struct SentencepieceTraits {
  bool is_bpe = false;            // else Unigram, or another kind
  bool adds_dummy_prefix = true;  // a space before a text
};
SentencepieceTraits sentencepiece_traits(std::string_view model);

}  // namespace intelia
