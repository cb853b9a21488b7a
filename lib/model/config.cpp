// Every key is read through a checked getter that names file and key. Defaults are those of transformers' configuration
// classes, so that a short config.json means the same model here and there.
#include "model/config.hpp"

#include <fmt/format.h>

#include <map>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "model/families/family.hpp"

namespace intelia {

namespace {

constexpr std::uint64_t kMaxConfigBytes = 16 << 20;

constexpr std::pair<const char*, Activation> kActivations[] = {
    {"silu", Activation::silu}, {"swish", Activation::silu}, {"gelu_pytorch_tanh", Activation::gelu_tanh}};

const Family& family_of(const ConfigSection& top) {
  const auto type = top.text("model_type");
  if (!type) top.refuse("model_type", "is missing");
  std::string known;
  for (const Family& family : families()) {
    if (*type == family.model_type) return family;
    known += (known.empty() ? "" : ", ") + std::string(family.model_type);
  }
  top.refuse("model_type", fmt::format("'{}' is not supported; supported: {}", *type, known));
}

Activation read_activation(const ConfigSection& top, const Family& family) {
  const std::string name = top.text(family.activation_key).value_or(family.activation);
  for (const auto& [known, activation] : kActivations)
    if (name == known) return activation;
  top.refuse(family.activation_key, fmt::format("'{}' is not supported; supported: silu, gelu_pytorch_tanh", name));
}

void read_heads(const ConfigSection& top, const Family& family, ModelConfig& config) {
  // A null means as many as heads, and a key that is missing the family's number.
  const bool takes_familys = family.kv_heads > 0 && !top.says("num_key_value_heads");
  config.num_key_value_heads = top.integer("num_key_value_heads", 1, kMaxHeads)
                                   .value_or(takes_familys ? family.kv_heads : config.num_attention_heads);
  if (config.num_attention_heads % config.num_key_value_heads != 0) {
    top.refuse("num_key_value_heads", fmt::format("is {}, which does not divide num_attention_heads, {}",
                                                  config.num_key_value_heads, config.num_attention_heads));
  }
  if (const auto head_dim = top.integer("head_dim", 2, kMaxHeadDim)) {
    config.head_dim = *head_dim;
  } else if (family.head_dim > 0) {
    config.head_dim = family.head_dim;
  } else {
    if (config.hidden_size % config.num_attention_heads != 0) {
      top.refuse("num_attention_heads",
                 fmt::format("is {}, which does not divide hidden_size, {}, and head_dim is missing",
                             config.num_attention_heads, config.hidden_size));
    }
    config.head_dim = config.hidden_size / config.num_attention_heads;
    if (config.head_dim > kMaxHeadDim) {
      top.refuse("num_attention_heads", fmt::format("gives heads of {}; at most {}", config.head_dim, kMaxHeadDim));
    }
  }
  if (config.head_dim % 2 != 0) {
    top.refuse("head_dim", fmt::format("is {}; rotary positions need an even number", config.head_dim));
  }
}

}  // namespace

ModelConfig read_model_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) {
    if (is_reachable_file(folder / "adapter_config.json"))
      throw Error(Kind::input,
                  fmt::format("'{}' is a PEFT adapter and not a model: use the folder of its base model, and "
                              "this folder as the adapter",
                              folder.string()));
    throw Error(Kind::input, fmt::format("{}: no such file; a model folder has a config.json", path.string()));
  }

  ModelConfig config;
  config.document =
      std::make_shared<Json>(parse_json(read_member(folder, "config.json", kMaxConfigBytes), path.string()));
  if (!config.document->is_object()) throw Error(Kind::input, path.string() + ": not a JSON object");
  const ConfigSection top{*config.document, path.string(), ""};

  const Family& family = family_of(top);
  config.model_type = family.model_type;
  if (const Json* quantization = top.find("quantization_config")) {
    config.quantization = read_quantization_config(*quantization, path.string());
  }
  config.activation = read_activation(top, family);
  if (const Json* dropout = top.find("attention_dropout"); dropout != nullptr && *dropout != 0) {
    top.refuse("attention_dropout", fmt::format("is {}; only 0 is supported", shown(*dropout)));
  }

  config.hidden_size = top.required_integer("hidden_size", 1, kMaxWidth);
  config.intermediate_size = top.required_integer("intermediate_size", 1, kMaxRows);
  config.num_hidden_layers = top.required_integer("num_hidden_layers", 1, kMaxLayers);
  config.num_attention_heads = top.required_integer("num_attention_heads", 1, kMaxHeads);
  config.vocab_size = top.required_integer("vocab_size", 1, kMaxRows);
  read_heads(top, family, config);
  config.max_position_embeddings =
      top.integer("max_position_embeddings", 1, kMaxPositions).value_or(family.max_positions);
  config.rms_norm_eps = top.number("rms_norm_eps", 0, 1).value_or(family.rms_norm_eps);
  config.rope = read_rope(top, config);
  config.ties_embeddings = top.flag("tie_word_embeddings", family.ties_embeddings);
  const std::string dtype_key = top.find("dtype") != nullptr ? "dtype" : "torch_dtype";
  config.dtype = top.one_of(dtype_key, "float32", {"float32", "bfloat16", "float16"});
  config.bos_ids = top.ids("bos_token_id", family.bos_ids);
  config.eos_ids = top.ids("eos_token_id", family.eos_ids);
  family.read(top, config);
  return config;
}

Json model_config_json(const ModelConfig& config) {
  const auto one_or_list = [](const std::vector<std::int32_t>& ids) -> Json {
    if (ids.empty()) return nullptr;
    if (ids.size() == 1) return ids.front();
    return ids;
  };
  // The form of transformers 4, which transformers 5 reads as well.
  Json document = Json::object();
  document["attention_dropout"] = 0.0;
  document["bos_token_id"] = one_or_list(config.bos_ids);
  document["eos_token_id"] = one_or_list(config.eos_ids);
  document["head_dim"] = config.head_dim;
  document["hidden_size"] = config.hidden_size;
  document["initializer_range"] = 0.02;
  document["intermediate_size"] = config.intermediate_size;
  document["max_position_embeddings"] = config.max_position_embeddings;
  document["model_type"] = config.model_type;
  document["num_attention_heads"] = config.num_attention_heads;
  document["num_hidden_layers"] = config.num_hidden_layers;
  document["num_key_value_heads"] = config.num_key_value_heads;
  document["rms_norm_eps"] = config.rms_norm_eps;
  document["rope_scaling"] = rope_scaling_json(config.rope);
  document["rope_theta"] = config.rope.theta;
  document["tie_word_embeddings"] = config.ties_embeddings;
  document["torch_dtype"] = config.dtype;
  document["use_cache"] = true;
  document["vocab_size"] = config.vocab_size;
  for (const Family& family : families()) {
    if (config.model_type != family.model_type) continue;
    document["architectures"] = {family.architecture};
    document[family.activation_key] = config.activation == Activation::silu ? "silu" : "gelu_pytorch_tanh";
    family.write(config, document);
  }
  std::map<std::string, Json> by_name;
  for (const auto& [name, value] : document.items()) by_name[name] = value;
  Json sorted = Json::object();  // as transformers writes it
  for (const auto& [name, value] : by_name) sorted[name] = value;
  return sorted;
}

std::int64_t context_length(const ModelConfig& config) {
  if (config.rope.type != RopeType::dynamic) return config.max_position_embeddings;
  const double length = static_cast<double>(config.max_position_embeddings) * std::max(1.0, config.rope.factor);
  return static_cast<std::int64_t>(std::min(length, static_cast<double>(kMaxPositions)));
}

std::int64_t window_of(const ModelConfig& config, std::int64_t layer) {
  return config.is_windowed.empty() || config.is_windowed[static_cast<std::size_t>(layer)] ? config.sliding_window : 0;
}

std::vector<LinearShape> layer_linears(const ModelConfig& config) {
  const std::int64_t query = config.num_attention_heads * config.head_dim;
  const std::int64_t key = config.num_key_value_heads * config.head_dim;
  const std::int64_t hidden = config.hidden_size, intermediate = config.intermediate_size;
  const bool qkv = config.has_qkv_bias, out = config.has_output_bias, mlp = config.has_mlp_bias;
  const LinearShape o{"o_proj", "self_attn.o_proj", hidden, query, out};
  const LinearShape down{"down_proj", "mlp.down_proj", hidden, intermediate, mlp};
  if (config.has_joint_projections)
    return {{"qkv_proj", "self_attn.qkv_proj", query + 2 * key, hidden, qkv},
            o,
            {"gate_up_proj", "mlp.gate_up_proj", 2 * intermediate, hidden, mlp},
            down};
  return {{"q_proj", "self_attn.q_proj", query, hidden, qkv},
          {"k_proj", "self_attn.k_proj", key, hidden, qkv},
          {"v_proj", "self_attn.v_proj", key, hidden, qkv},
          o,
          {"gate_proj", "mlp.gate_proj", intermediate, hidden, mlp},
          {"up_proj", "mlp.up_proj", intermediate, hidden, mlp},
          down};
}

std::vector<NormShape> layer_norms(const ModelConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  std::vector<NormShape> norms = {{"input_layernorm", hidden}, {"post_attention_layernorm", hidden}};
  if (config.has_output_norms)
    norms = {{"input_layernorm", hidden},
             {"pre_feedforward_layernorm", hidden},
             {"post_attention_layernorm", hidden},
             {"post_feedforward_layernorm", hidden}};
  if (config.has_head_norms)
    for (const char* path : {"self_attn.q_norm", "self_attn.k_norm"}) norms.push_back({path, config.head_dim});
  return norms;
}

std::vector<TensorShape> model_tensors(const ModelConfig& config) {
  std::vector<TensorShape> tensors;
  tensors.push_back({"model.embed_tokens.weight", {config.vocab_size, config.hidden_size}});
  const std::vector<LinearShape> linears = layer_linears(config);
  const std::vector<NormShape> norms = layer_norms(config);
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    const std::string prefix = fmt::format("model.layers.{}.", layer);
    for (const LinearShape& linear : linears) {
      tensors.push_back({prefix + linear.path + ".weight", {linear.out_features, linear.in_features}});
      if (linear.has_bias) tensors.push_back({prefix + linear.path + ".bias", {linear.out_features}});
    }
    for (const NormShape& norm : norms) tensors.push_back({prefix + norm.path + ".weight", {norm.size}});
  }
  tensors.push_back({"model.norm.weight", {config.hidden_size}});
  if (!config.ties_embeddings) tensors.push_back({"lm_head.weight", {config.vocab_size, config.hidden_size}});
  return tensors;
}

std::int64_t num_parameters(const ModelConfig& config) {
  std::int64_t total = 0;
  for (const TensorShape& tensor : model_tensors(config)) {
    std::int64_t num = 1;
    for (std::int64_t dimension : tensor.shape) num *= dimension;
    total += num;
  }
  return total;
}

}  // namespace intelia
