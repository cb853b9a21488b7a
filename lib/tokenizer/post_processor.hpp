// The post-processor of a tokenizer.json: the ids that it adds before and after those of a text. Offsets are not
// trimmed: the ranges of tokens keep their whitespace. Private to lib/tokenizer.
#pragma once

#include <cstdint>
#include <vector>

#include "tokenizer/json_fields.hpp"

namespace intelia {

struct FrameIds {
  std::vector<std::int32_t> prefix, suffix;
};

/** That of the field "post_processor". Throws Error{input} naming one that is not supported. */
FrameIds read_post_processor(const JsonObject& file);

}  // namespace intelia
