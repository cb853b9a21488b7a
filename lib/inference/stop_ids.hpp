// The token ids that end an answer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "tokenizer/tokenizer.hpp"
#include "tokens/chat_template.hpp"

namespace intelia {

/** eos_token_id of generation_config.json and config.json in `folder`, the tokenizer's EOS, and the control token that
    the template puts after an assistant turn. Sorted, without duplicates. */
std::vector<std::int32_t> stop_ids(const Tokenizer& tokenizer, const ChatTemplate& chat_template,
                                   const std::filesystem::path& folder, const RenderOptions& options = {});

}  // namespace intelia
