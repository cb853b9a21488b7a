// Finds where the turns of a rendered conversation end in its tokens.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "tokenizer/tokenizer.hpp"
#include "tokens/chat_template.hpp"

namespace intelia {

/** Encodes a rendered text: control tokens of the template are parsed, those in contents are text. */
Encoding encode_rendered(const Tokenizer& tokenizer, const Rendered& rendered);

/** Where the content of each message ends in a rendered text, and where the next content begins. */
struct ContentBounds {
  ContentBounds(const Rendered& rendered, std::size_t num_messages);
  std::vector<std::size_t> ends, next_begins;
};

/** The end-of-turn token of message `index`, whose turn begins at or before byte `turn_begin`: the first control token
   after its content and before the next content. */
std::optional<std::size_t> end_of_turn(const Tokenizer& tokenizer, const Encoding& encoding,
                                       const ContentBounds& bounds, std::size_t index, std::size_t turn_begin);

}  // namespace intelia
