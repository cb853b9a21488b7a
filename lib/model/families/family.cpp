#include "model/families/family.hpp"

#include <fmt/format.h>

namespace intelia {

std::span<const Family> families() {
  static const Family list[] = {llama_family, mistral_family, qwen2_family, qwen3_family, phi3_family, gemma2_family};
  return list;
}

std::vector<bool> read_layer_types(const ConfigSection& top, const ModelConfig& config,
                                   bool (*fallback)(std::int64_t layer)) {
  std::vector<bool> is_windowed;
  const Json* types = top.find("layer_types");
  if (types == nullptr) {
    for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) is_windowed.push_back(fallback(layer));
    return is_windowed;
  }
  if (!types->is_array() || static_cast<std::int64_t>(types->size()) != config.num_hidden_layers)
    top.refuse("layer_types",
               fmt::format("is {}; expected a list of {} names", shown(*types), config.num_hidden_layers));
  for (const Json& type : *types) {
    if (type != "sliding_attention" && type != "full_attention")
      top.refuse("layer_types", fmt::format("contains {}; supported: sliding_attention, full_attention", shown(type)));
    is_windowed.push_back(type == "sliding_attention");
  }
  return is_windowed;
}

Json layer_types_json(const ModelConfig& config) {
  Json types = Json::array();
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer)
    types.push_back(window_of(config, layer) > 0 ? "sliding_attention" : "full_attention");
  return types;
}

void read_optional_window(const ConfigSection& top, ModelConfig& config) {
  if (!top.flag("use_sliding_window", false)) return;
  config.sliding_window = top.integer("sliding_window", 1, 1LL << 40).value_or(top.says("sliding_window") ? 0 : 4096);
  if (config.sliding_window == 0) return;
  const std::int64_t first = top.integer("max_window_layers", 0, 1LL << 40).value_or(28);
  config.is_windowed = read_layer_types(top, config, [](std::int64_t) { return false; });
  if (top.find("layer_types") == nullptr)
    for (std::int64_t layer = first; layer < config.num_hidden_layers; ++layer)
      config.is_windowed[static_cast<std::size_t>(layer)] = true;
}

void write_optional_window(const ModelConfig& config, Json& document) {
  document["use_sliding_window"] = config.sliding_window > 0;
  document["sliding_window"] = config.sliding_window > 0 ? Json(config.sliding_window) : Json(nullptr);
  document["layer_types"] = layer_types_json(config);
}

}  // namespace intelia
