// The name that llama.cpp has for the way in which a byte-level BPE splits text. It is recognized by what the tokenizer
// does (pattern and byte-level settings), whatever its vocabulary.
#pragma once

#include <string>

#include "tokenizer/vocabulary.hpp"

namespace intelia {

/** The value of tokenizer.ggml.pre for `vocabulary`, a byte_level one of `folder`. Error{input} describes a splitting
    that llama.cpp does not have: another name would give other tokens without an error. */
std::string gguf_pre_tokenizer(const Vocabulary& vocabulary, const std::string& folder);

}  // namespace intelia
