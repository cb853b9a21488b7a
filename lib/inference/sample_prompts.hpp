// Prompts from the conversations of a dataset, whose answers show the progress of training.
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

/** What comes before the last answer of the first `max_prompts` conversations of `path` that fit the model's context;
   of preferences and rated answers their prompts. Other lines are skipped; reading the dataset reports them. */
SamplePrompts read_sample_prompts(const std::filesystem::path& path, int max_prompts, const TextSide& text,
                                  const RenderOptions& render);

}  // namespace intelia
