// Prompts whose answers show people how training progresses, taken from a dataset's conversations.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "inference/generator.hpp"

namespace intelia {

struct SamplePrompts {
  std::vector<std::string> names;  // conversation id, else "line 3"
  std::vector<PromptIds> ids;
};

/** What comes before the last answer of the first `max_prompts` conversations of `path` that fit the model's context.
    Lines that are not such conversations are passed over: reading the dataset names them. */
SamplePrompts read_sample_prompts(const std::filesystem::path& path, int max_prompts, const TextSide& text,
                                  const RenderOptions& render);

}  // namespace intelia
