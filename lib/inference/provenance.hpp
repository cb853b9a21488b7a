// Whether an adapter or a trained model is used as it was trained: with the files that its manifest lists, on the same
// base weights, with the same method, tokenizer and chat template. Reads manifests and hashes weights; loads no tensor.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "engine/jobs.hpp"
#include "inference/text_side.hpp"
#include "record/json.hpp"

namespace intelia {

/** describe_folder of a base model; called only when the hashes of its files matter. */
using BaseFiles = std::function<Json()>;

/**
 * Sentences that each name a difference between how the adapter of `settings` was trained, according to its manifest,
 * and how it would be used; empty when there is none. `text`: with which the adapter is used. Folders that `model
 * quantize` made of the same weights are the same base under Method::qlora. An adapter without a manifest knows the
 * name of its base only: another name is a warning in `log`.
 */
std::vector<std::string> adapter_mismatches(const ModelSettings& settings, const BaseFiles& base_files,
                                            const TextSide& text, Log& log);

/** Throws Error{usage} with these differences for the adapter of `settings`, if it has one; where
    settings.allows_mismatch is set they are a warning. */
void check_adapter(const ModelSettings& settings, const BaseFiles& base_files, const TextSide& text, Log& log);

/** The same for merging: only the base weights matter, as stored or as QLoRA quantizes them. */
void check_merged_base(const ModelSettings& settings, const BaseFiles& base_files, Log& log);

/** Replaces Method::automatic by the method that the adapter of `settings` was trained with, if that is known and not
    `otherwise`, which is logged; else by `otherwise`. */
void resolve_method(ModelSettings& settings, Method otherwise, Log& log);

/** The same for files of the candidate in `folder` that its manifest lists as outputs: its weights, their configuration
   and the index of trained records (of a checkpoint: that of its run) are unchanged. `files`: describe_folder of it. */
std::vector<std::string> file_mismatches(const std::filesystem::path& folder, const Json& files);

/** The same for a model that was trained as a whole, in the folder settings.model: its method. */
std::vector<std::string> model_mismatches(const ModelSettings& settings);

/** The method of base weights with which a candidate trained in `folder` is judged as it was trained, according to its
   manifest, where `used` is another; nothing when it is the same or unknown, or when the weights in `config` are stored
   in NF4. */
std::optional<std::string> trained_method(const std::filesystem::path& folder, Method used, const ModelConfig& config);

/** Whether the adapter in `folder` was trained on NF4 weights, according to its manifest. */
bool was_trained_on_nf4(const std::filesystem::path& folder);

}  // namespace intelia
