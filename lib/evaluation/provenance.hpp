// Whether a candidate is judged as it was trained: with the files that its manifest lists, on the same base weights,
// with the same method, tokenizer and chat template. Reads manifests and hashes weights; loads no tensor.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "engine/jobs.hpp"
#include "inference/text_side.hpp"
#include "record/json.hpp"

namespace intelia {

/**
 * Sentences that each name a difference between how the adapter of `settings` was trained, according to its manifest,
 * and how it would be judged; empty when there is none. `base_files`: describe_folder of the base; `text`: with which
 * the adapter is judged. Folders that `model quantize` made of the same weights are the same base under Method::qlora.
 * An adapter without a manifest knows the name of its base only: another name is a warning in `log`.
 */
std::vector<std::string> adapter_mismatches(const ModelSettings& settings, const Json& base_files, const TextSide& text,
                                            Log& log);

/** The same for files of the candidate in `folder` that its manifest lists as outputs: its weights, their configuration
   and the index of trained records (of a checkpoint: that of its run) are unchanged. `files`: describe_folder of it. */
std::vector<std::string> file_mismatches(const std::filesystem::path& folder, const Json& files);

/** The same for a model that was trained as a whole, in the folder settings.model: its method. */
std::vector<std::string> model_mismatches(const ModelSettings& settings);

/** The method of base weights with which a candidate trained in `folder` is judged as it was trained, according to its
   manifest, where `used` is another; nothing when it is the same or unknown, or when the weights in `config` are stored
   in NF4. */
std::optional<std::string> trained_method(const std::filesystem::path& folder, Method used, const ModelConfig& config);

}  // namespace intelia
