// PEFT adapter folders: adapter_config.json. The tensors are in adapter_model.safetensors, keyed
// base_model.model.<module path>.lora_A.weight [R, in] and .lora_B.weight [out, R].
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "record/json.hpp"

namespace intelia {

struct AdapterConfig {
  std::string base_model;            // base_model_name_or_path
  int r = 16;
  double lora_alpha = 32;
  double lora_dropout = 0;
  bool uses_rslora = false;          // scaling alpha/sqrt(r) instead of alpha/r
  std::vector<std::string> targets;  // module names: "q_proj"
};

/** alpha/r, or alpha/sqrt(r) with rsLoRA. */
double lora_scaling(const AdapterConfig& config);

/** Reads adapter_config.json; Error{input} names the key of a feature that is not supported (DoRA, bias, patterns…). */
AdapterConfig read_adapter_config(const std::filesystem::path& folder);

/** The document PEFT 0.21 writes for this adapter: sorted keys, targets sorted. */
Json adapter_config_json(const AdapterConfig& config);

}  // namespace intelia
