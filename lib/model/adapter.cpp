// What of PEFT's LoraConfig this program computes: plain LoRA on the seven linear layers. Every other feature is
// refused by its key, because ignoring it would silently give another model.
#include "model/adapter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "base/file.hpp"
#include "model/folder.hpp"

namespace intelia {

namespace {

constexpr std::int64_t kMaxRank = 1 << 16;
constexpr std::uint64_t kMaxConfigBytes = 16 << 20;
constexpr std::array<const char*, 7> kTargets = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                                 "gate_proj", "up_proj", "down_proj"};

// Keys of LoraConfig that change what is computed; each must be absent, null, false or empty.
constexpr const char* kUnsupportedKeys[] = {
    "use_dora",
    "use_qalora",
    "use_bdlora",
    "fan_in_fan_out",
    "lora_bias",
    "rank_pattern",
    "alpha_pattern",
    "modules_to_save",
    "layers_to_transform",
    "layers_pattern",
    "exclude_modules",
    "target_parameters",
    "trainable_token_indices",
    "layer_replication",
    "alora_invocation_tokens",
    "arrow_config",
    "kasa_config",
    "velora_config",
    "monteclora_config",
    "megatron_config",
};

std::string shown(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > 80 ? text.substr(0, 80) + "..." : text;
}

bool is_nothing(const Json& value) {
  return value.is_null() || value == false || ((value.is_object() || value.is_array()) && value.empty());
}

}  // namespace

double lora_scaling(const AdapterConfig& config) {
  return config.lora_alpha / (config.uses_rslora ? std::sqrt(static_cast<double>(config.r)) : config.r);
}

AdapterConfig read_adapter_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "adapter_config.json";
  const std::string file = path.string();
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) {
    throw Error(Kind::input, file + ": no such file; an adapter folder has an adapter_config.json");
  }
  if (!std::filesystem::is_regular_file(status)) throw Error(Kind::input, file + ": not a regular file");
  constexpr const char* kWeights = "adapter_model.safetensors";
  if (std::filesystem::exists(std::filesystem::symlink_status(folder / kWeights, failure))) member_of_folder(folder, kWeights);
  const Json document = parse_json(read_file(path, kMaxConfigBytes), file);
  if (!document.is_object()) throw Error(Kind::input, file + ": not a JSON object");

  const auto find = [&](const char* key) -> const Json* {
    const auto found = document.find(key);
    return found == document.end() || found->is_null() ? nullptr : &*found;
  };
  const auto refuse = [&](const std::string& key, const Json& value, const std::string& expected) -> void {
    throw Error(Kind::input, fmt::format("{}: {} is {}; {}", file, key, shown(value), expected));
  };

  const Json* type = find("peft_type");
  if (type == nullptr || *type != "LORA")
    refuse("peft_type", type ? *type : Json(nullptr), "only \"LORA\" is supported");
  for (const char* key : kUnsupportedKeys) {
    if (const Json* value = find(key); value != nullptr && !is_nothing(*value))
      refuse(key, *value, "this is not supported");
  }
  if (const Json* bias = find("bias"); bias != nullptr && *bias != "none") {
    refuse("bias", *bias, "only \"none\" is supported");
  }
  // These ways to start also change the base weights, so the tensors alone are not the adapter.
  if (const Json* start = find("init_lora_weights");
      start != nullptr && !start->is_boolean() && *start != "gaussian" && *start != "orthogonal" && *start != "eva") {
    refuse("init_lora_weights", *start, "it changes the base weights, which is not supported");
  }

  AdapterConfig config;
  if (const Json* base = find("base_model_name_or_path")) {
    if (!base->is_string()) refuse("base_model_name_or_path", *base, "expected a string");
    config.base_model = base->get<std::string>();
  }
  const Json* rank = find("r");
  if (rank == nullptr || !rank->is_number_unsigned() || rank->get<std::uint64_t>() < 1 ||
      rank->get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxRank)) {
    refuse("r", rank ? *rank : Json(nullptr), fmt::format("expected a whole number from 1 to {}", kMaxRank));
  }
  config.r = rank->get<int>();
  const Json* alpha = find("lora_alpha");
  if (alpha == nullptr || !alpha->is_number() || !(std::fabs(alpha->get<double>()) <= 1e9)) {
    refuse("lora_alpha", alpha ? *alpha : Json(nullptr), "expected a number up to 1e9");
  }
  config.lora_alpha = alpha->get<double>();
  if (const Json* dropout = find("lora_dropout")) {
    if (!dropout->is_number() || !(dropout->get<double>() >= 0 && dropout->get<double>() < 1)) {
      refuse("lora_dropout", *dropout, "expected a number from 0 to below 1");
    }
    config.lora_dropout = dropout->get<double>();
  }
  if (const Json* rslora = find("use_rslora")) {
    if (!rslora->is_boolean()) refuse("use_rslora", *rslora, "expected true or false");
    config.uses_rslora = rslora->get<bool>();
  }
  const Json* targets = find("target_modules");
  if (targets == nullptr || !targets->is_array() || targets->empty()) {
    refuse("target_modules", targets ? *targets : Json(nullptr), "expected a list of module names");
  }
  for (const Json& target : *targets) {
    const bool is_known =
        target.is_string() && std::find(kTargets.begin(), kTargets.end(), target.get<std::string>()) != kTargets.end();
    if (!is_known) {
      refuse("target_modules", target, fmt::format("supported modules: {}", fmt::join(kTargets, ", ")));
    }
    config.targets.push_back(target.get<std::string>());
  }
  std::sort(config.targets.begin(), config.targets.end());
  config.targets.erase(std::unique(config.targets.begin(), config.targets.end()), config.targets.end());
  return config;
}

Json adapter_config_json(const AdapterConfig& config) {
  std::vector<std::string> targets = config.targets;
  std::sort(targets.begin(), targets.end());
  // A whole alpha is written as PEFT does, without a decimal point.
  const bool is_whole = config.lora_alpha == std::floor(config.lora_alpha) && std::fabs(config.lora_alpha) < 1e15;
  const Json alpha = is_whole ? Json(static_cast<std::int64_t>(config.lora_alpha)) : Json(config.lora_alpha);
  return Json{
      {"alpha_pattern", Json::object()},
      {"auto_mapping", nullptr},
      {"base_model_name_or_path", config.base_model},
      {"bias", "none"},
      {"fan_in_fan_out", false},
      {"inference_mode", true},
      {"init_lora_weights", true},
      {"layers_pattern", nullptr},
      {"layers_to_transform", nullptr},
      {"lora_alpha", alpha},
      {"lora_bias", false},
      {"lora_dropout", config.lora_dropout},
      {"modules_to_save", nullptr},
      {"peft_type", "LORA"},
      {"r", config.r},
      {"rank_pattern", Json::object()},
      {"revision", nullptr},
      {"target_modules", targets},
      {"task_type", "CAUSAL_LM"},
      {"use_dora", false},
      {"use_rslora", config.uses_rslora},
  };
}

}  // namespace intelia
