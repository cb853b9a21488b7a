// The config.json of a Hugging Face folder for Llama-like decoders, and the shapes that follow from it: one description
// of a block for all families (lib/model/families). No tensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/quantized.hpp"
#include "model/rope.hpp"
#include "record/json_fwd.hpp"

namespace intelia {

// Limits of sizes: far above any model of these families, and small enough that no product of sizes overflows.
inline constexpr std::int64_t kMaxWidth = 1 << 20;  // hidden_size
inline constexpr std::int64_t kMaxRows = 1 << 24;   // intermediate_size and vocab_size
inline constexpr std::int64_t kMaxLayers = 1 << 10;
inline constexpr std::int64_t kMaxHeads = 1 << 12;
inline constexpr std::int64_t kMaxHeadDim = 1 << 12;
inline constexpr std::int64_t kMaxPositions = 1LL << 40;

enum class Activation { silu, gelu_tanh };  // gelu_tanh: "gelu_pytorch_tanh", the tanh approximation of GELU

struct ModelConfig {
  std::string model_type;              // "llama", "mistral", "qwen2", …: the name of its family
  std::int64_t hidden_size = 0;        // D
  std::int64_t intermediate_size = 0;  // F
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;  // H
  std::int64_t num_key_value_heads = 0;  // K
  std::int64_t head_dim = 0;             // E
  std::int64_t vocab_size = 0;           // V
  std::int64_t max_position_embeddings = 2048;
  double rms_norm_eps = 1e-6;
  Rope rope;
  Activation activation = Activation::silu;

  // Differences between families.
  std::int64_t sliding_window = 0;  // attention is limited to so many last tokens; 0: unlimited
  std::vector<bool> is_windowed;    // by layer, if not all of them have the window
  bool has_qkv_bias = false;
  bool has_output_bias = false;  // of o_proj
  bool has_mlp_bias = false;
  bool has_head_norms = false;         // q and k are normalized per head before rotation (Qwen 3)
  bool has_output_norms = false;       // outputs of attention and MLP are normalized before the residual (Gemma 2)
  bool has_joint_projections = false;  // one qkv_proj for q, k, v and one gate_up_proj (Phi-3)
  double norm_offset = 0;              // added to the weight of every norm: 1 in Gemma 2
  double embedding_scale = 1;          // of the output of the embedding
  double attention_scale = 0;          // of q · k; 0: 1/sqrt(E)
  double attention_softcap = 0;        // cap·tanh(score / cap); 0: none
  double logit_softcap = 0;            // the same for logits

  bool ties_embeddings = false;  // lm_head is embed_tokens
  std::string dtype;             // "float32", "bfloat16", "float16": torch_dtype / dtype of the file
  std::vector<std::int32_t> bos_ids, eos_ids;
  std::optional<QuantizationConfig> quantization;  // the linear layers are stored in NF4
  std::shared_ptr<const Json> document;            // the whole file
};

/** Reads and checks `folder`/config.json. Error{input} names the file, the key, what was found and expected;
    unsupported families, activations and rope types are named. */
ModelConfig read_model_config(const std::filesystem::path& folder);

/** The config.json document of `config`, as transformers reads it. */
Json model_config_json(const ModelConfig& config);

/** The maximum number of tokens of a sequence: max_position_embeddings, with dynamic rope `factor` times as many. */
std::int64_t context_length(const ModelConfig& config);

/** The attention window of `layer` in tokens; 0: unlimited. */
std::int64_t window_of(const ModelConfig& config, std::int64_t layer);

struct TensorShape {
  std::string name;  // "model.layers.0.self_attn.q_proj.weight"
  std::vector<std::int64_t> shape;
};

/** Every tensor that a model of this configuration has, in file order (without lm_head when tied). */
std::vector<TensorShape> model_tensors(const ModelConfig& config);

std::int64_t num_parameters(const ModelConfig& config);

/** A linear layer of a block, which QLoRA quantizes and an adapter may target. */
struct LinearShape {
  std::string name;  // "q_proj"
  std::string path;  // "self_attn.q_proj"
  std::int64_t out_features = 0, in_features = 0;
  bool has_bias = false;
};
/** q, k, v, o, gate, up and down_proj; qkv, o, gate_up and down_proj where they are joint. */
std::vector<LinearShape> layer_linears(const ModelConfig& config);

/** A norm of a block: its path and its length. */
struct NormShape {
  std::string path;  // "input_layernorm"
  std::int64_t size = 0;
};
/** Before attention, before the MLP; with output norms: behind attention, behind the MLP; with head norms: of q, of k.
 */
std::vector<NormShape> layer_norms(const ModelConfig& config);

}  // namespace intelia
