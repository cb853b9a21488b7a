// The properties of one family of models. A new family is one file here, listed in family.cpp, if its block consists of
// the parts that ModelConfig describes.
#pragma once

#include <span>

#include "model/config.hpp"
#include "model/config_section.hpp"

namespace intelia {

struct Family {
  const char* model_type;    // of config.json: "qwen2"
  const char* architecture;  // "Qwen2ForCausalLM"
  // The defaults of transformers for missing keys.
  std::int64_t max_positions = 2048;
  std::int64_t kv_heads = 0;  // 0: as many as heads
  std::int64_t head_dim = 0;  // 0: hidden_size / heads
  double rms_norm_eps = 1e-6;
  bool ties_embeddings = false;
  std::vector<std::int32_t> bos_ids, eos_ids;
  const char* activation_key = "hidden_act";
  const char* activation = "silu";
  /** Reads the keys specific to this family, after sizes and rope. */
  void (*read)(const ConfigSection& top, ModelConfig& config) = nullptr;
  /** Writes these keys. */
  void (*write)(const ModelConfig& config, Json& document) = nullptr;
};

/** All families, in the order of error messages. */
std::span<const Family> families();

/** Shared by families: sliding_window and layer_types, or max_window_layers, if use_sliding_window (Qwen). */
void read_optional_window(const ConfigSection& top, ModelConfig& config);
void write_optional_window(const ModelConfig& config, Json& document);
/** layer_types: the layers with a window; `fallback` decides if the key is missing. */
std::vector<bool> read_layer_types(const ConfigSection& top, const ModelConfig& config,
                                   bool (*fallback)(std::int64_t layer));
Json layer_types_json(const ModelConfig& config);

extern const Family llama_family, mistral_family, qwen2_family, qwen3_family, phi3_family, gemma2_family;

}  // namespace intelia
