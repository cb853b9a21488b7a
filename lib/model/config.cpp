// Every key is read through a checked getter that names file and key. Defaults are those of transformers' LlamaConfig
// and MistralConfig, so that a short config.json means the same model here and there.
#include "model/config.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/file.hpp"

namespace intelia {

namespace {

// Far above any model of these families, and small enough that no product of sizes overflows.
constexpr std::int64_t kMaxWidth = 1 << 20;
constexpr std::int64_t kMaxRows = 1 << 24;
constexpr std::int64_t kMaxLayers = 1 << 10;
constexpr std::int64_t kMaxHeads = 1 << 12;
constexpr std::int64_t kMaxHeadDim = 1 << 12;
constexpr std::int64_t kMaxPosition = 1LL << 40;
constexpr std::uint64_t kMaxConfigBytes = 16 << 20;

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > 80 ? text.substr(0, 80) + "..." : text;
}

/** One JSON object with the words that lead to it ("…/config.json: rope_scaling."). */
struct Section {
  const Json& object;
  std::string file;
  std::string prefix;

  [[noreturn]] void refuse(const std::string& key, const std::string& why) const {
    throw Error(Kind::input, fmt::format("{}: {}{} {}", file, prefix, key, why));
  }

  /** nullptr when absent or null. */
  const Json* find(const std::string& key) const {
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  std::optional<std::int64_t> integer(const std::string& key, std::int64_t least, std::int64_t most) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    const bool fits = value->is_number_integer() &&
                      (!value->is_number_unsigned() ||
                       value->get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<std::int64_t>::max()});
    if (!fits || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most) {
      refuse(key, fmt::format("is {}; expected a whole number from {} to {}", shown(*value), least, most));
    }
    return value->get<std::int64_t>();
  }

  std::int64_t required_integer(const std::string& key, std::int64_t least, std::int64_t most) const {
    const auto value = integer(key, least, most);
    if (!value) refuse(key, "is missing");
    return *value;
  }

  /** A number in (least, most]. */
  std::optional<double> number(const std::string& key, double least, double most) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number() || !(value->get<double>() > least && value->get<double>() <= most)) {
      refuse(key, fmt::format("is {}; expected a number above {}, at most {}", shown(*value), least, most));
    }
    return value->get<double>();
  }

  double required_number(const std::string& key, double least, double most) const {
    const auto value = number(key, least, most);
    if (!value) refuse(key, "is missing");
    return *value;
  }

  bool flag(const std::string& key, bool fallback) const {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) refuse(key, fmt::format("is {}; expected true or false", shown(*value)));
    return value->get<bool>();
  }

  std::optional<std::string> text(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) refuse(key, fmt::format("is {}; expected a string", shown(*value)));
    return value->get<std::string>();
  }

  /** An id or a list of ids; `fallback` when the key is absent, none when it is null. */
  std::vector<std::int32_t> ids(const std::string& key, std::int32_t fallback) const {
    const auto found = object.find(key);
    if (found == object.end()) return {fallback};
    if (found->is_null()) return {};
    std::vector<std::int32_t> ids;
    const Json list = found->is_array() ? *found : Json::array({*found});
    for (const Json& id : list) {
      const bool is_id = id.is_number_unsigned() && id.get<std::uint64_t>() <= std::numeric_limits<std::int32_t>::max();
      if (!is_id) refuse(key, fmt::format("is {}; expected a token id or a list of them", shown(*found)));
      ids.push_back(id.get<std::int32_t>());
    }
    return ids;
  }
};

void read_rope(const Section& top, ModelConfig& config) {
  if (const auto theta = top.number("rope_theta", 0, 1e15)) config.rope_theta = *theta;
  if (const auto rotated = top.number("partial_rotary_factor", 0, 1); rotated && *rotated != 1) {
    top.refuse("partial_rotary_factor", "other than 1 is not supported");
  }
  // transformers 5 writes rope_parameters with rope_theta inside; before it was rope_scaling with rope_theta beside.
  const std::string name = top.find("rope_parameters") != nullptr ? "rope_parameters" : "rope_scaling";
  const Json* found = top.find(name);
  if (found == nullptr) return;
  if (!found->is_object()) top.refuse(name, fmt::format("is {}; expected an object", shown(*found)));
  const Section rope{*found, top.file, name + "."};
  if (const auto theta = rope.number("rope_theta", 0, 1e15)) config.rope_theta = *theta;
  if (const auto rotated = rope.number("partial_rotary_factor", 0, 1); rotated && *rotated != 1) {
    rope.refuse("partial_rotary_factor", "other than 1 is not supported");
  }
  std::string key = rope.find("rope_type") != nullptr ? "rope_type" : "type";
  const std::string type = rope.text(key).value_or("default");
  if (type == "default") return;
  if (type == "linear") {
    config.linear_rope_factor = rope.required_number("factor", 0, 1e9);
    return;
  }
  if (type != "llama3")
    rope.refuse(key, fmt::format("'{}' is not supported; supported: default, linear, llama3", type));
  Llama3RopeScaling scaling;
  scaling.factor = rope.required_number("factor", 0, 1e9);
  scaling.low_freq_factor = rope.required_number("low_freq_factor", 0, 1e9);
  scaling.high_freq_factor = rope.required_number("high_freq_factor", 0, 1e9);
  scaling.original_max_position_embeddings = rope.required_integer("original_max_position_embeddings", 1, kMaxPosition);
  if (scaling.high_freq_factor <= scaling.low_freq_factor) {
    rope.refuse("high_freq_factor", fmt::format("is {}; expected more than low_freq_factor, {}",
                                                scaling.high_freq_factor, scaling.low_freq_factor));
  }
  config.llama3_rope = scaling;
}

}  // namespace

ModelConfig read_model_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "config.json";
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) {
    throw Error(Kind::input, fmt::format("{}: no such file; a model folder has a config.json", path.string()));
  }
  // Checked before it is opened: opening a pipe would wait for ever.
  if (!std::filesystem::is_regular_file(status)) throw Error(Kind::input, path.string() + ": not a regular file");

  ModelConfig config;
  config.raw = parse_json(read_file(path, kMaxConfigBytes), path.string());
  if (!config.raw.is_object()) throw Error(Kind::input, path.string() + ": not a JSON object");
  const Section top{config.raw, path.string(), ""};

  const auto type = top.text("model_type");
  if (!type) top.refuse("model_type", "is missing");
  if (*type != "llama" && *type != "mistral") {
    top.refuse("model_type", fmt::format("'{}' is not supported; supported: llama, mistral", *type));
  }
  config.model_type = *type;
  const bool is_mistral = *type == "mistral";
  if (top.find("quantization_config") != nullptr) {
    top.refuse("quantization_config", "is set: the weights are already quantized; give the unquantized model");
  }
  const std::string activation = top.text("hidden_act").value_or("silu");
  if (activation != "silu" && activation != "swish") {
    top.refuse("hidden_act", fmt::format("'{}' is not supported; supported: silu", activation));
  }
  if (const Json* dropout = top.find("attention_dropout"); dropout != nullptr && *dropout != 0) {
    top.refuse("attention_dropout", fmt::format("is {}; only 0 is supported", shown(*dropout)));
  }

  config.hidden_size = top.required_integer("hidden_size", 1, kMaxWidth);
  config.intermediate_size = top.required_integer("intermediate_size", 1, kMaxRows);
  config.num_hidden_layers = top.required_integer("num_hidden_layers", 1, kMaxLayers);
  config.num_attention_heads = top.required_integer("num_attention_heads", 1, kMaxHeads);
  config.vocab_size = top.required_integer("vocab_size", 1, kMaxRows);
  const bool says_groups = config.raw.contains("num_key_value_heads");
  config.num_key_value_heads = top.integer("num_key_value_heads", 1, kMaxHeads)
                                   .value_or(is_mistral && !says_groups ? 8 : config.num_attention_heads);
  if (config.num_attention_heads % config.num_key_value_heads != 0) {
    top.refuse("num_key_value_heads", fmt::format("is {}, which does not divide num_attention_heads, {}",
                                                  config.num_key_value_heads, config.num_attention_heads));
  }
  if (const auto head_dim = top.integer("head_dim", 2, kMaxHeadDim)) {
    config.head_dim = *head_dim;
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
  config.max_position_embeddings =
      top.integer("max_position_embeddings", 1, kMaxPosition).value_or(is_mistral ? 131072 : 2048);
  if (is_mistral) {
    const bool says_window = config.raw.contains("sliding_window");
    config.sliding_window = top.integer("sliding_window", 1, kMaxPosition).value_or(says_window ? 0 : 4096);
  }
  config.rms_norm_eps = top.number("rms_norm_eps", 0, 1).value_or(1e-6);
  read_rope(top, config);
  config.ties_embeddings = top.flag("tie_word_embeddings", false);
  // Mistral has no biases, whatever its file says.
  config.has_attention_bias = !is_mistral && top.flag("attention_bias", false);
  config.has_mlp_bias = !is_mistral && top.flag("mlp_bias", false);

  const std::string dtype_key = top.find("dtype") != nullptr ? "dtype" : "torch_dtype";
  config.dtype = top.text(dtype_key).value_or("float32");
  if (config.dtype != "float32" && config.dtype != "bfloat16" && config.dtype != "float16") {
    top.refuse(dtype_key, fmt::format("'{}' is not supported; supported: float32, bfloat16, float16", config.dtype));
  }
  config.bos_ids = top.ids("bos_token_id", 1);
  config.eos_ids = top.ids("eos_token_id", 2);
  return config;
}

Json model_config_json(const ModelConfig& config) {
  const auto one_or_list = [](const std::vector<std::int32_t>& ids) -> Json {
    if (ids.empty()) return nullptr;
    if (ids.size() == 1) return ids.front();
    return ids;
  };
  const bool is_mistral = config.model_type == "mistral";
  // The form of transformers 4, which transformers 5 reads as well.
  Json document = Json::object();
  document["architectures"] = {is_mistral ? "MistralForCausalLM" : "LlamaForCausalLM"};
  if (!is_mistral) document["attention_bias"] = config.has_attention_bias;
  document["attention_dropout"] = 0.0;
  document["bos_token_id"] = one_or_list(config.bos_ids);
  document["eos_token_id"] = one_or_list(config.eos_ids);
  document["head_dim"] = config.head_dim;
  document["hidden_act"] = "silu";
  document["hidden_size"] = config.hidden_size;
  document["initializer_range"] = 0.02;
  document["intermediate_size"] = config.intermediate_size;
  document["max_position_embeddings"] = config.max_position_embeddings;
  if (!is_mistral) document["mlp_bias"] = config.has_mlp_bias;
  document["model_type"] = config.model_type;
  document["num_attention_heads"] = config.num_attention_heads;
  document["num_hidden_layers"] = config.num_hidden_layers;
  document["num_key_value_heads"] = config.num_key_value_heads;
  document["rms_norm_eps"] = config.rms_norm_eps;
  Json scaling = nullptr;
  if (config.llama3_rope) {
    scaling = {{"factor", config.llama3_rope->factor},
               {"high_freq_factor", config.llama3_rope->high_freq_factor},
               {"low_freq_factor", config.llama3_rope->low_freq_factor},
               {"original_max_position_embeddings", config.llama3_rope->original_max_position_embeddings},
               {"rope_type", "llama3"}};
  } else if (config.linear_rope_factor > 0) {
    scaling = {{"factor", config.linear_rope_factor}, {"rope_type", "linear"}};
  }
  document["rope_scaling"] = scaling;
  document["rope_theta"] = config.rope_theta;
  if (is_mistral) document["sliding_window"] = config.sliding_window > 0 ? Json(config.sliding_window) : Json(nullptr);
  document["tie_word_embeddings"] = config.ties_embeddings;
  document["torch_dtype"] = config.dtype;
  document["use_cache"] = true;
  document["vocab_size"] = config.vocab_size;
  return document;
}

std::vector<LinearShape> layer_linears(const ModelConfig& config) {
  const std::int64_t query = config.num_attention_heads * config.head_dim;
  const std::int64_t key = config.num_key_value_heads * config.head_dim;
  const std::int64_t hidden = config.hidden_size, intermediate = config.intermediate_size;
  return {{"q_proj", "self_attn.q_proj", query, hidden},        {"k_proj", "self_attn.k_proj", key, hidden},
          {"v_proj", "self_attn.v_proj", key, hidden},          {"o_proj", "self_attn.o_proj", hidden, query},
          {"gate_proj", "mlp.gate_proj", intermediate, hidden}, {"up_proj", "mlp.up_proj", intermediate, hidden},
          {"down_proj", "mlp.down_proj", hidden, intermediate}};
}

std::vector<TensorShape> model_tensors(const ModelConfig& config) {
  std::vector<TensorShape> tensors;
  tensors.push_back({"model.embed_tokens.weight", {config.vocab_size, config.hidden_size}});
  const std::vector<LinearShape> linears = layer_linears(config);
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    const std::string prefix = fmt::format("model.layers.{}.", layer);
    for (const LinearShape& linear : linears) {
      tensors.push_back({prefix + linear.path + ".weight", {linear.out_features, linear.in_features}});
      const bool is_attention = linear.path.starts_with("self_attn.");
      if (is_attention ? config.has_attention_bias : config.has_mlp_bias) {
        tensors.push_back({prefix + linear.path + ".bias", {linear.out_features}});
      }
    }
    tensors.push_back({prefix + "input_layernorm.weight", {config.hidden_size}});
    tensors.push_back({prefix + "post_attention_layernorm.weight", {config.hidden_size}});
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
