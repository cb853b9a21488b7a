// What a Hugging Face folder's config.json says about a Llama-family model, and the shapes that follow from it. No tensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "record/json.hpp"

namespace intelia {

/** Llama 3's frequency-dependent scaling of rotary positions (rope_scaling.rope_type = "llama3"). */
struct Llama3RopeScaling {
  double factor = 8;
  double low_freq_factor = 1;
  double high_freq_factor = 4;
  std::int64_t original_max_position_embeddings = 8192;
};

struct ModelConfig {
  std::string model_type;                 // "llama" or "mistral"
  std::int64_t hidden_size = 0;           // D
  std::int64_t intermediate_size = 0;     // F
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;   // H
  std::int64_t num_key_value_heads = 0;   // K
  std::int64_t head_dim = 0;              // E; hidden_size / heads when the file does not say
  std::int64_t vocab_size = 0;            // V
  std::int64_t max_position_embeddings = 2048;
  std::int64_t sliding_window = 0;        // 0: none (Mistral)
  double rms_norm_eps = 1e-6;
  double rope_theta = 10000;
  double linear_rope_factor = 0;          // rope_type "linear"; 0: none
  std::optional<Llama3RopeScaling> llama3_rope;
  bool ties_embeddings = false;           // lm_head is embed_tokens
  bool has_attention_bias = false;
  bool has_mlp_bias = false;
  std::string dtype;                      // "float32", "bfloat16", "float16": torch_dtype / dtype of the file
  std::vector<std::int32_t> bos_ids, eos_ids;
  Json raw;                               // the whole document
};

/** Reads and checks `folder`/config.json. Error{input} names the file, the key, what was found and expected;
    an architecture, activation or rope type that this program does not compute is refused by name. */
ModelConfig read_model_config(const std::filesystem::path& folder);

/** The config.json document of `config`, as transformers reads it. */
Json model_config_json(const ModelConfig& config);

struct TensorShape {
  std::string name;                       // "model.layers.0.self_attn.q_proj.weight"
  std::vector<std::int64_t> shape;
};

/** Every tensor that a model of this configuration has, in file order (without lm_head when tied). */
std::vector<TensorShape> model_tensors(const ModelConfig& config);

std::int64_t num_parameters(const ModelConfig& config);

/** Linear layers that QLoRA quantizes and that an adapter may target: q,k,v,o,gate,up,down_proj with their [out, in]. */
struct LinearShape {
  std::string name;                       // "q_proj"
  std::string path;                       // "self_attn.q_proj"
  std::int64_t out_features = 0, in_features = 0;
};
std::vector<LinearShape> layer_linears(const ModelConfig& config);

}  // namespace intelia
