// PEFT adapter folders: adapter_config.json. The tensors are in adapter_model.safetensors, keyed
// base_model.model.<module path>.lora_A.weight [R, in], .lora_B.weight [out, R] and, with DoRA, .lora_magnitude_vector
// [out].
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/config.hpp"
#include "record/json_fwd.hpp"

namespace intelia {

/** Names of modules, each the last parts of a path ("q_proj", "self_attn.q_proj"), or one pattern for whole paths. */
struct ModuleRule {
  std::vector<std::string> names;
  std::optional<std::string> pattern;
  bool is_empty() const { return names.empty() && !pattern; }
  bool covers(std::string_view path) const;
};

struct AdapterConfig {
  std::string base_model;  // base_model_name_or_path
  int r = 16;
  double lora_alpha = 32;
  double lora_dropout = 0;
  bool uses_rslora = false;  // scaling alpha/sqrt(r) instead of alpha/r (Kalajdzievski 2023)
  bool uses_dora = false;    // weight-decomposed adaptation (Liu et al. 2024)
  std::string mutated_init;  // "pissa" or "olora": the initial B·A was subtracted from the base; else empty
  ModuleRule targets, excluded;
  std::vector<std::int64_t> layers;  // layers_to_transform; empty: all
  std::vector<std::string> layers_pattern;
  std::vector<std::pair<std::string, int>> rank_pattern;  // patterns for the ends of paths; the first match is used
  std::vector<std::pair<std::string, double>> alpha_pattern;
  std::vector<std::string> modules_to_save;  // ends of paths of fully trained modules: "lm_head", "norm"
  bool ensures_weight_tying = false;         // keeps embedding and head tied when they are fully trained
  std::vector<std::string> unknown_keys;     // the first few unknown keys, ignored as in PEFT
};

/** Names of linear layers, sorted: "attention" means all projections of attention, "all-linear" for every linear
   layer of a block, any other word for itself. */
std::vector<std::string> target_names(const ModelConfig& model, const std::vector<std::string>& words);

/** Whether the module at `path` ("model.layers.0.self_attn.q_proj") gets an adapter. */
bool is_target(const AdapterConfig& config, const std::string& path);

/** Rank and scaling (alpha/r, or alpha/sqrt(r) with rsLoRA) of the adapter at `path`. */
int lora_rank(const AdapterConfig& config, const std::string& path);
double lora_scaling(const AdapterConfig& config, const std::string& path);

/** A name or pattern of a configuration that matches no layer of the model. */
struct UnmatchedName {
  std::string key;  // "target_modules", "rank_pattern", "alpha_pattern"
  std::string name;
};

/** Names of targets that are no linear layer of `model`, and patterns that match no adapted layer. PEFT ignores them.
 */
std::vector<UnmatchedName> unmatched_names(const AdapterConfig& config, const ModelConfig& model);

/** Reads adapter_config.json; Error{input} names the key of a feature that is not supported (bias, QA-LoRA…). */
AdapterConfig read_adapter_config(const std::filesystem::path& folder);

/** The document PEFT 0.21 writes for this adapter: sorted keys, targets sorted. */
Json adapter_config_json(const AdapterConfig& config);

}  // namespace intelia
