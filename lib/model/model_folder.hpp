// A model folder opened as transformers 5 opens it: which tensors of the files the model takes, under which names, and
// which it does not. Reads tensors only to compare tied ones.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "model/config.hpp"
#include "model/safetensors.hpp"

namespace intelia {

/** Tensors whose names differ in numbers only. */
struct TensorGroup {
  std::string pattern;  // "model.layers.*.self_attn.q_proj.bias"
  std::int64_t count = 0;
};

/** A configuration and weights that fit together. */
struct ModelFolder {
  ModelConfig config;
  ModelWeights weights;
  std::vector<std::string> warnings;    // of the files, and of weights that are not tied although config.json says so
  std::vector<TensorGroup> unused;      // that no part of the model takes
  std::vector<TensorGroup> recomputed;  // rotary frequencies, which older folders store
};

/**
 * Reads config.json and maps the weights. Error{input} when a tensor of the model is missing or has another shape or
 * type. By transformers' rules, embeddings are not tied when the files have an lm_head.weight with other values; with
 * tied embeddings either tensor is enough; the prefix "model." may be missing.
 */
ModelFolder open_model_folder(const std::filesystem::path& folder);

/** Logs the warnings of a folder and names its unused tensors, which are `fate` ("ignored", "not written"). */
void report_model_folder(const ModelFolder& folder, const std::string& fate, Log& log);

/** "model.layers.*.self_attn.q_proj.bias (2), …", at most eight. */
std::string to_text(const std::vector<TensorGroup>& groups);

}  // namespace intelia
