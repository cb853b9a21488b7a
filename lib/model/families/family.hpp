// What one family of models has of its own. A new family is one file here, listed in family.cpp: if its block is made
// of the parts that ModelConfig knows, nothing else changes.
#pragma once

#include <span>

#include "model/config.hpp"
#include "model/config_section.hpp"

namespace intelia {

struct Family {
  const char* model_type;    // of config.json: "qwen2"
  const char* architecture;  // "Qwen2ForCausalLM"
  // What transformers takes where a file says nothing.
  std::int64_t max_positions = 2048;
  std::int64_t kv_heads = 0;  // 0: as many as heads
  std::int64_t head_dim = 0;  // 0: hidden_size / heads
  double rms_norm_eps = 1e-6;
  bool ties_embeddings = false;
  std::vector<std::int32_t> bos_ids, eos_ids;
  const char* activation_key = "hidden_act";
  const char* activation = "silu";
  /** Reads the keys that only this family has; sizes and rope are read already. */
  void (*read)(const ConfigSection& top, ModelConfig& config) = nullptr;
  /** Writes these keys. */
  void (*write)(const ModelConfig& config, Json& document) = nullptr;
};

/** All of them, in the order in which errors list them. */
std::span<const Family> families();

/** Shared by families: sliding_window and layer_types, or max_window_layers, behind use_sliding_window (Qwen). */
void read_optional_window(const ConfigSection& top, ModelConfig& config);
void write_optional_window(const ModelConfig& config, Json& document);
/** layer_types: which layers have the window; `fallback` says so where the file has none. */
std::vector<bool> read_layer_types(const ConfigSection& top, const ModelConfig& config,
                                   bool (*fallback)(std::int64_t layer));
Json layer_types_json(const ModelConfig& config);

extern const Family llama_family, mistral_family, qwen2_family, qwen3_family, phi3_family, gemma2_family;

}  // namespace intelia
