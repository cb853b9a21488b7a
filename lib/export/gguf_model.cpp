// Follows llama.cpp's convert_hf_to_gguf.py, and its llama-quant.cpp for the types of quantized tensors (both of
// llama-cpp-python 0.3.36).
#include "export/gguf_model.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "record/json.hpp"

namespace intelia {

namespace {

constexpr std::uint64_t kQuantizationVersion = 2;

bool is_llama(const ModelConfig& config) { return config.model_type == "llama" || config.model_type == "mistral"; }

/** The object with the settings of rope in config.json; empty without one. */
Json rope_document(const ModelConfig& config) {
  const Json& document = *config.document;
  for (const char* key : {"rope_scaling", "rope_parameters"})
    if (document.contains(key) && document[key].is_object() && !document[key].empty()) return document[key];
  return Json::object();
}

[[noreturn]] void refuse(const ModelConfig& config, const std::string& what) {
  throw Error(Kind::input, fmt::format("a {} model {} cannot be represented in GGUF: llama.cpp's architecture {} has "
                                       "no such setting",
                                       config.model_type, what, gguf_architecture(config)));
}

void check_rope(const ModelConfig& config) {
  const Rope& rope = config.rope;
  const bool is_phi3 = config.model_type == "phi3";
  switch (rope.type) {
    case RopeType::standard:
      break;
    case RopeType::linear:
      if (is_phi3 || config.model_type == "gemma2") refuse(config, "with linear rope scaling");
      break;
    case RopeType::dynamic:
      refuse(config, "with dynamic rope scaling");
    case RopeType::llama3:
      if (!is_llama(config)) refuse(config, "with llama3 rope scaling");
      break;
    case RopeType::yarn:
      if (is_phi3 || config.model_type == "gemma2") refuse(config, "with yarn rope scaling");
      if (!rope.truncates) refuse(config, "with yarn rope scaling and truncate false");
      break;
    case RopeType::longrope:
      if (!is_phi3) refuse(config, "with longrope");
      break;
  }
  if (rope.size != config.head_dim && !is_phi3) refuse(config, "that rotates only a part of each head");
}

/** The sharpening of attention that llama.cpp applies with yarn. */
double yarn_sharpening(const Rope& rope) { return rope.factor <= 1 ? 1 : 1 + 0.1 * std::log(rope.factor); }

// ── tensors ─────────────────────────────────────────────────────────────────────────────────────────────────────────

struct NameOf {
  const char* path;
  const char* name;
};
constexpr NameOf kLinears[] = {
    {"self_attn.q_proj", "attn_q"},      {"self_attn.k_proj", "attn_k"},     {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"}, {"self_attn.qkv_proj", "attn_qkv"}, {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},           {"mlp.gate_up_proj", "ffn_up"},     {"mlp.down_proj", "ffn_down"},
};
constexpr NameOf kNorms[] = {
    {"input_layernorm", "attn_norm"},
    {"post_attention_layernorm", "ffn_norm"},
    {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"},
};
constexpr NameOf kNormsWithOutputNorms[] = {
    {"input_layernorm", "attn_norm"},
    {"post_attention_layernorm", "post_attention_norm"},
    {"pre_feedforward_layernorm", "ffn_norm"},
    {"post_feedforward_layernorm", "post_ffw_norm"},
};

template <class List>
const char* name_in(const List& list, const std::string& path) {
  for (const NameOf& entry : list)
    if (path == entry.path) return entry.name;
  throw Error(Kind::internal, "[gguf] no name for " + path);
}

/** A quarter of the layers and every third of the others get more bits (use_more_bits). */
bool uses_more_bits(std::int64_t layer, std::int64_t num_layers) {
  return layer < num_layers / 8 || layer >= 7 * num_layers / 8 || (layer - num_layers / 8) % 3 == 2;
}

/** Models of 70 billion parameters by their shape: attn_v is small there, and gets more bits. */
bool is_70b(const ModelConfig& config) {
  if (config.num_hidden_layers != 80) return false;
  return config.model_type == "qwen2" || (is_llama(config) && config.num_attention_heads != config.num_key_value_heads);
}

enum class Role { embedding, output, attention_v, feed_forward_down, other };

/** The type of a matrix with rows of `columns` (llama_tensor_get_type). */
GgufType matrix_type(const ModelConfig& config, ExportType type, Role role, std::int64_t layer, std::int64_t columns) {
  const bool is_output = role == Role::output || (role == Role::embedding && config.ties_embeddings);
  GgufType chosen = GgufType::f32;
  switch (type) {
    case ExportType::automatic:
      throw Error(Kind::internal, "[gguf] the type is not decided");
    case ExportType::f32:
      return GgufType::f32;
    case ExportType::f16:
      return GgufType::f16;
    case ExportType::bf16:
      return GgufType::bf16;
    case ExportType::q8_0:
      chosen = GgufType::q8_0;
      break;
    case ExportType::q4_0:
      chosen = is_output ? columns % 32 == 0 ? GgufType::q6_k : GgufType::q8_0 : GgufType::q4_0;
      break;
    case ExportType::q4_k_m:
      chosen = GgufType::q4_k;
      if (is_output)
        chosen = columns % 256 == 0 ? GgufType::q6_k : GgufType::q8_0;
      else if ((role == Role::attention_v || role == Role::feed_forward_down) &&
               uses_more_bits(layer, config.num_hidden_layers))
        chosen = GgufType::q6_k;
      if (role == Role::attention_v && chosen == GgufType::q4_k && is_70b(config)) chosen = GgufType::q5_k;
      break;
  }
  if (columns % gguf_block_elements(chosen) == 0) return chosen;
  // Blocks of 32 instead of 256, with at least as many bits.
  const GgufType fallback = chosen == GgufType::q4_k   ? GgufType::q5_0
                            : chosen == GgufType::q5_k ? GgufType::q5_1
                            : chosen == GgufType::q6_k ? GgufType::q8_0
                                                       : chosen;
  return columns % gguf_block_elements(fallback) == 0 ? fallback : GgufType::f16;
}

/** How much slower than usual each pair of a head rotates: llama3's ramp, in fp32 as the converter computes it. */
std::vector<float> llama3_divisors(const Rope& rope) {
  const auto factor = static_cast<float>(rope.factor), low = static_cast<float>(rope.low_freq_factor);
  const auto high = static_cast<float>(rope.high_freq_factor), original = static_cast<float>(rope.original_positions);
  std::vector<float> divisors;
  for (std::int64_t i = 0; i < rope.size; i += 2) {
    const float frequency =
        1.0f / std::pow(static_cast<float>(rope.theta), static_cast<float>(i) / static_cast<float>(rope.size));
    const float wavelength = 2 * std::numbers::pi_v<float> / frequency;
    if (wavelength < original / high) {
      divisors.push_back(1);
    } else if (wavelength > original / low) {
      divisors.push_back(factor);
    } else {
      const float smooth = (original / wavelength - low) / (high - low);
      divisors.push_back(1 / ((1 - smooth) / factor + smooth));
    }
  }
  return divisors;
}

std::vector<float> as_floats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

}  // namespace

const char* export_type_name(ExportType type) {
  switch (type) {
    case ExportType::automatic:
      return "auto";
    case ExportType::f32:
      return "f32";
    case ExportType::f16:
      return "f16";
    case ExportType::bf16:
      return "bf16";
    case ExportType::q8_0:
      return "q8_0";
    case ExportType::q4_0:
      return "q4_0";
    case ExportType::q4_k_m:
      return "q4_k_m";
  }
  return "";
}

std::string gguf_architecture(const ModelConfig& config) { return is_llama(config) ? "llama" : config.model_type; }

void check_gguf_model(const ModelConfig& config, Log& log) {
  check_rope(config);
  const bool is_gemma2 = config.model_type == "gemma2", is_phi3 = config.model_type == "phi3";
  const Activation expected = is_gemma2 ? Activation::gelu_tanh : Activation::silu;
  if (config.activation != expected) refuse(config, "with another activation function than the family's");
  if (!is_llama(config) && config.model_type != "qwen2" && config.has_qkv_bias) refuse(config, "with attention_bias");
  if (is_phi3 && config.num_attention_heads * config.head_dim != config.hidden_size)
    refuse(config, "whose heads are not hidden_size / num_attention_heads");
  if (is_gemma2) {
    if (!config.ties_embeddings) refuse(config, "with an output layer of its own");
    // llama.cpp scales by the head size, and in 46 layers (27B) by hidden_size / heads.
    const std::int64_t scaled_by =
        config.num_hidden_layers == 46 ? config.hidden_size / config.num_attention_heads : config.head_dim;
    if (std::fabs(config.attention_scale * std::sqrt(static_cast<double>(scaled_by)) - 1) > 1e-6)
      refuse(config, fmt::format("with a query_pre_attn_scalar other than {}", scaled_by));
    for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer)
      if ((window_of(config, layer) > 0) != (layer % 2 == 0))
        refuse(config, "whose attention windows are not in every second layer");
    if (config.attention_softcap == 0 || config.logit_softcap == 0) refuse(config, "without capped scores and logits");
    return;
  }
  if (config.sliding_window > 0 && config.sliding_window < config.max_position_embeddings)
    log.warning(
        fmt::format("llama.cpp has no attention windows in {} models: beyond {} tokens its answers differ from "
                    "those of this model (sliding_window)",
                    config.model_type, config.sliding_window));
}

std::int64_t reordered_heads(const ModelConfig& config, const LinearShape& linear) {
  if (!is_llama(config)) return 0;
  return linear.name == "q_proj"   ? config.num_attention_heads
         : linear.name == "k_proj" ? config.num_key_value_heads
                                   : 0;
}

std::int64_t source_row(std::int64_t row, std::int64_t num_rows, std::int64_t rotary_heads) {
  if (rotary_heads == 0) return row;
  const std::int64_t size = num_rows / rotary_heads, inside = row % size;
  return row - inside + inside % 2 * (size / 2) + inside / 2;
}

std::string gguf_linear_name(std::int64_t layer, const LinearShape& linear) {
  return fmt::format("blk.{}.{}", layer, name_in(kLinears, linear.path));
}

std::vector<GgufTensorSource> gguf_tensors(const ModelConfig& config, ExportType type) {
  std::vector<GgufTensorSource> tensors;
  const auto norm_offset = static_cast<float>(config.norm_offset);
  const auto matrix = [&](const std::string& name, const std::string& source, std::int64_t rows, std::int64_t columns,
                          Role role, std::int64_t layer, std::int64_t heads) {
    tensors.push_back({name, matrix_type(config, type, role, layer, columns), {source, {rows, columns}}, heads});
  };
  const auto vector = [&](const std::string& name, const std::string& source, std::int64_t size, std::int64_t heads,
                          float added) {
    tensors.push_back({name, GgufType::f32, {source, {size}}, heads, added});
  };
  const auto generated = [&](const std::string& name, std::vector<float> values) {
    tensors.push_back({name, GgufType::f32, {"", {static_cast<std::int64_t>(values.size())}}, 0, 0, std::move(values)});
  };
  if (config.rope.type == RopeType::llama3) generated("rope_freqs.weight", llama3_divisors(config.rope));
  if (config.rope.type == RopeType::longrope) {
    generated("rope_factors_long.weight", as_floats(config.rope.long_factor));
    generated("rope_factors_short.weight", as_floats(config.rope.short_factor));
  }
  matrix("token_embd.weight", "model.embed_tokens.weight", config.vocab_size, config.hidden_size, Role::embedding, 0,
         0);
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    const std::string prefix = fmt::format("model.layers.{}.", layer);
    for (const LinearShape& linear : layer_linears(config)) {
      const std::string name = gguf_linear_name(layer, linear);
      const std::int64_t heads = reordered_heads(config, linear);
      const Role role = linear.name == "v_proj" || linear.name == "qkv_proj" ? Role::attention_v
                        : linear.name == "down_proj"                         ? Role::feed_forward_down
                                                                             : Role::other;
      matrix(name + ".weight", prefix + linear.path + ".weight", linear.out_features, linear.in_features, role, layer,
             heads);
      if (linear.has_bias) vector(name + ".bias", prefix + linear.path + ".bias", linear.out_features, heads, 0);
    }
    for (const NormShape& norm : layer_norms(config)) {
      const char* name =
          config.has_output_norms ? name_in(kNormsWithOutputNorms, norm.path) : name_in(kNorms, norm.path);
      vector(fmt::format("blk.{}.{}.weight", layer, name), prefix + norm.path + ".weight", norm.size, 0, norm_offset);
    }
  }
  vector("output_norm.weight", "model.norm.weight", config.hidden_size, 0, norm_offset);
  if (!config.ties_embeddings)
    matrix("output.weight", "lm_head.weight", config.vocab_size, config.hidden_size, Role::output, 0, 0);
  return tensors;
}

namespace {

void add_rope_keys(GgufKeys& keys, const ModelConfig& config, const std::string& prefix) {
  const Rope& rope = config.rope;
  const Json document = rope_document(config);
  if (rope.type == RopeType::linear) {
    keys.add_text(prefix + "rope.scaling.type", "linear");
    keys.add_f32(prefix + "rope.scaling.factor", rope.factor);
  } else if (rope.type == RopeType::yarn) {
    keys.add_text(prefix + "rope.scaling.type", "yarn");
    keys.add_f32(prefix + "rope.scaling.factor", rope.factor);
    keys.add_u32(prefix + "rope.scaling.original_context_length", static_cast<std::uint64_t>(rope.original_positions));
    for (const char* key : {"attention_factor", "beta_fast", "beta_slow"}) {
      if (!document.contains(key) || !document[key].is_number()) continue;
      const std::string name = key == std::string("attention_factor") ? "attn_factor" : key;
      keys.add_f32(prefix + "rope.scaling.yarn_" + name, document[key].get<double>());
    }
    // llama.cpp computes the usual sharpening and multiplies it by this; the key above it overwrites.
    const double relative = rope.attention_factor / yarn_sharpening(rope);
    if (std::fabs(relative - 1) > 1e-6) keys.add_f32(prefix + "rope.scaling.attn_factor", relative);
  }
  keys.add_f32(prefix + "rope.freq_base", rope.theta);
}

void add_phi3_keys(GgufKeys& keys, const ModelConfig& config, const std::string& prefix) {
  const Json& document = *config.document;
  // 4096: the default of transformers.
  const std::int64_t original = config.rope.original_positions > 0
                                    ? config.rope.original_positions
                                    : document.value("original_max_position_embeddings", std::int64_t{4096});
  keys.add_u32(prefix + "rope.scaling.original_context_length", static_cast<std::uint64_t>(original));
  keys.add_u32(prefix + "rope.dimension_count", static_cast<std::uint64_t>(config.rope.size));
  keys.add_f32(prefix + "rope.freq_base", config.rope.theta);
  keys.add_u32(prefix + "attention.sliding_window", static_cast<std::uint64_t>(config.sliding_window));
  if (config.rope.type == RopeType::longrope)
    keys.add_f32(prefix + "rope.scaling.attn_factor", config.rope.attention_factor);
}

void add_gemma2_keys(GgufKeys& keys, const ModelConfig& config, const std::string& prefix) {
  keys.add_f32(prefix + "attn_logit_softcapping", config.attention_softcap);
  keys.add_f32(prefix + "final_logit_softcapping", config.logit_softcap);
  keys.add_u32(prefix + "attention.sliding_window", static_cast<std::uint64_t>(config.sliding_window));
  if (config.rope.theta != 10000) keys.add_f32(prefix + "rope.freq_base", config.rope.theta);
}

std::uint64_t file_type(ExportType type) {
  switch (type) {
    case ExportType::f32:
      return 0;
    case ExportType::f16:
      return 1;
    case ExportType::q4_0:
      return 2;
    case ExportType::q8_0:
      return 7;
    case ExportType::q4_k_m:
      return 15;
    case ExportType::bf16:
      return 32;
    case ExportType::automatic:
      break;
  }
  throw Error(Kind::internal, "[gguf] the type is not decided");
}

}  // namespace

void add_model_keys(GgufKeys& keys, const ModelConfig& config, ExportType type) {
  const std::string prefix = gguf_architecture(config) + ".";
  const auto size = [&](const char* key, std::int64_t value) {
    keys.add_u32(prefix + key, static_cast<std::uint64_t>(value));
  };
  size("block_count", config.num_hidden_layers);
  size("context_length", config.max_position_embeddings);
  size("embedding_length", config.hidden_size);
  size("feed_forward_length", config.intermediate_size);
  size("attention.head_count", config.num_attention_heads);
  size("attention.head_count_kv", config.num_key_value_heads);
  keys.add_f32(prefix + "attention.layer_norm_rms_epsilon", config.rms_norm_eps);
  const bool is_default_size = config.head_dim * config.num_attention_heads == config.hidden_size;
  if (config.model_type != "phi3" && (config.model_type != "qwen2" || !is_default_size)) {
    size("attention.key_length", config.head_dim);
    size("attention.value_length", config.head_dim);
  }
  if (is_llama(config)) {
    size("vocab_size", config.vocab_size);
    size("rope.dimension_count", config.head_dim);
  }
  if (config.model_type == "phi3")
    add_phi3_keys(keys, config, prefix);
  else if (config.model_type == "gemma2")
    add_gemma2_keys(keys, config, prefix);
  else
    add_rope_keys(keys, config, prefix);
  keys.add_u32("general.file_type", file_type(type));
  keys.add_u32("general.quantization_version", kQuantizationVersion);
}

}  // namespace intelia
