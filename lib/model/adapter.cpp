// The supported part of PEFT's LoraConfig. Every other feature is an error that names its key, because ignoring it
// would silently give another model. Which modules are meant follows peft/tuners/tuners_utils.py.
#include "model/adapter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "model/config_section.hpp"
#include "model/module_pattern.hpp"

namespace intelia {

namespace {

constexpr std::int64_t kMaxRank = 1 << 16;
constexpr std::uint64_t kMaxConfigBytes = 16 << 20;

// Keys of LoraConfig that change the computation; each must be absent, null, false or empty.
constexpr const char* kUnsupportedKeys[] = {
    "use_qalora",        "use_bdlora",
    "fan_in_fan_out",    "lora_bias",
    "target_parameters", "trainable_token_indices",
    "layer_replication", "alora_invocation_tokens",
    "arrow_config",      "kasa_config",
    "velora_config",     "monteclora_config",
    "megatron_config",
};

// The other keys of LoraConfig (PEFT 0.21): they are read, or do not change the computation.
constexpr const char* kOtherKeys[] = {
    "alpha_pattern",
    "auto_mapping",
    "base_model_name_or_path",
    "bias",
    "corda_config",
    "ensure_weight_tying",
    "eva_config",
    "exclude_modules",
    "inference_mode",
    "init_lora_weights",
    "layers_pattern",
    "layers_to_transform",
    "loftq_config",
    "lora_alpha",
    "lora_dropout",
    "lora_ga_config",
    "megatron_core",
    "modules_to_save",
    "peft_type",
    "peft_version",
    "qalora_group_size",
    "r",
    "rank_pattern",
    "revision",
    "runtime_config",
    "target_modules",
    "task_type",
    "use_dora",
    "use_rslora",
};
constexpr std::size_t kMaxUnknownKeys = 8;

/** Whether LoraConfig has the key. */
bool is_known_key(const std::string& key) {
  const auto holds = [&](const auto& keys) {
    return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
  };
  return holds(kUnsupportedKeys) || holds(kOtherKeys);
}

bool is_nothing(const Json& value) {
  return value.is_null() || value == false || ((value.is_object() || value.is_array()) && value.empty());
}

/** A string or a list of strings; empty when absent. */
std::vector<std::string> read_names(const ConfigSection& top, const std::string& key) {
  const Json* value = top.find(key);
  if (value == nullptr) return {};
  const Json list = value->is_array() ? *value : Json::array({*value});
  std::vector<std::string> names;
  for (const Json& name : list) {
    if (!name.is_string() || name.get<std::string>().empty())
      top.refuse(key, fmt::format("is {}; expected names of modules", shown(*value)));
    names.push_back(name.get<std::string>());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/** A list of names, or a string that is a pattern for whole paths. */
ModuleRule read_rule(const ConfigSection& top, const std::string& key) {
  ModuleRule rule;
  const Json* value = top.find(key);
  if (value != nullptr && value->is_string()) {
    rule.pattern = value->get<std::string>();
    matches_whole(*rule.pattern, "");  // fails early if it is not supported
  } else {
    rule.names = read_names(top, key);
  }
  return rule;
}

/** {"pattern": number, …} */
template <class Number, class IsGood>
std::vector<std::pair<std::string, Number>> read_patterns(const ConfigSection& top, const std::string& key,
                                                          const std::string& expected, const IsGood& is_good) {
  std::vector<std::pair<std::string, Number>> patterns;
  const Json* value = top.find(key);
  if (value == nullptr) return patterns;
  if (!value->is_object()) top.refuse(key, fmt::format("is {}; expected an object", shown(*value)));
  for (const auto& [pattern, number] : value->items()) {
    if (!is_good(number))
      top.refuse(key, fmt::format("has {} for '{}'; expected {}", shown(number), pattern, expected));
    matches_whole(pattern, "");
    patterns.emplace_back(pattern, number.template get<Number>());
  }
  return patterns;
}

std::vector<std::int64_t> read_layers(const ConfigSection& top) {
  const Json* value = top.find("layers_to_transform");
  if (value == nullptr) return {};
  const Json list = value->is_array() ? *value : Json::array({*value});
  std::vector<std::int64_t> layers;
  for (const Json& layer : list) {
    if (!layer.is_number_unsigned() || layer.get<std::uint64_t>() > 1 << 20)
      top.refuse("layers_to_transform", fmt::format("is {}; expected numbers of layers", shown(*value)));
    layers.push_back(layer.get<std::int64_t>());
  }
  return layers;
}

/** The entry whose pattern fits the end of `path`, or nullptr. */
template <class Number>
const Number* find_pattern(const std::vector<std::pair<std::string, Number>>& patterns, const std::string& path) {
  for (const auto& [pattern, number] : patterns)
    if (matches_whole(fmt::format(R"((.*\.)?({}))", pattern), path)) return &number;
  return nullptr;
}

/** The number after the first "layers." of `path` (or after one of `patterns`), or nothing. */
std::optional<std::int64_t> layer_of(const std::string& path, const std::vector<std::string>& patterns) {
  std::string_view rest = path;
  std::string_view before;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    const std::string_view word = rest.substr(0, dot);
    const bool is_number = !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
    const bool fits =
        patterns.empty() ? !before.empty() : std::find(patterns.begin(), patterns.end(), before) != patterns.end();
    if (is_number && fits) return std::stoll(std::string(word));
    before = word;
    rest.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

Json as_json(const ModuleRule& rule) {
  if (rule.pattern) return *rule.pattern;
  std::vector<std::string> names = rule.names;
  std::sort(names.begin(), names.end());
  return names.empty() ? Json(nullptr) : Json(names);
}

/** A whole number as PEFT writes it, without a decimal point. */
Json number_json(double number) {
  const bool is_whole = number == std::floor(number) && std::fabs(number) < 1e15;
  return is_whole ? Json(static_cast<std::int64_t>(number)) : Json(number);
}

}  // namespace

bool ModuleRule::covers(std::string_view path) const {
  if (pattern) return matches_whole(*pattern, path);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return path == name || path.ends_with("." + name); });
}

std::vector<std::string> target_names(const ModelConfig& model, const std::vector<std::string>& words) {
  std::set<std::string> names;
  for (const std::string& word : words) {
    const bool is_attention = word == "attention";
    if (!is_attention && word != "all-linear")
      names.insert(word);
    else
      for (const LinearShape& linear : layer_linears(model))
        if (!is_attention || linear.path.starts_with("self_attn.")) names.insert(linear.name);
  }
  return {names.begin(), names.end()};
}

bool is_target(const AdapterConfig& config, const std::string& path) {
  if (config.excluded.covers(path) || !config.targets.covers(path)) return false;
  if (config.layers.empty() || config.targets.pattern) return true;
  const auto layer = layer_of(path, config.layers_pattern);
  return layer && std::find(config.layers.begin(), config.layers.end(), *layer) != config.layers.end();
}

std::vector<UnmatchedName> unmatched_names(const AdapterConfig& config, const ModelConfig& model) {
  std::vector<std::string> paths, adapted;
  for (std::int64_t layer = 0; layer < model.num_hidden_layers; ++layer)
    for (const LinearShape& linear : layer_linears(model)) {
      paths.push_back(fmt::format("model.layers.{}.{}", layer, linear.path));
      if (is_target(config, paths.back())) adapted.push_back(paths.back());
    }
  std::vector<UnmatchedName> unmatched;
  for (const std::string& name : config.targets.names) {
    const ModuleRule rule{{name}, {}};
    if (std::none_of(paths.begin(), paths.end(), [&](const std::string& path) { return rule.covers(path); }))
      unmatched.push_back({"target_modules", name});
  }
  const auto check_patterns = [&](const char* key, const auto& patterns) {
    for (const auto& pattern : patterns)
      if (std::none_of(adapted.begin(), adapted.end(), [&](const std::string& path) {
            return find_pattern(std::decay_t<decltype(patterns)>{pattern}, path) != nullptr;
          }))
        unmatched.push_back({key, pattern.first});
  };
  check_patterns("rank_pattern", config.rank_pattern);
  check_patterns("alpha_pattern", config.alpha_pattern);
  return unmatched;
}

int lora_rank(const AdapterConfig& config, const std::string& path) {
  const int* own = find_pattern(config.rank_pattern, path);
  return own ? *own : config.r;
}

double lora_scaling(const AdapterConfig& config, const std::string& path) {
  const double* own = find_pattern(config.alpha_pattern, path);
  const double r = lora_rank(config, path);
  return (own ? *own : config.lora_alpha) / (config.uses_rslora ? std::sqrt(r) : r);
}

AdapterConfig read_adapter_config(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "adapter_config.json";
  const std::string file = path.string();
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) {
    throw Error(Kind::input, file + ": no such file; an adapter folder has an adapter_config.json");
  }
  constexpr const char* kWeights = "adapter_model.safetensors";
  if (has_member(folder, kWeights)) {
    member_of_folder(folder, kWeights);
  } else if (has_member(folder, "adapter_model.bin")) {
    throw Error(Kind::input,
                fmt::format("{}: only pickled weights (adapter_model.bin), which can run code when opened; convert "
                            "them to {}",
                            folder.string(), kWeights));
  }
  const Json document = parse_json(read_member(folder, "adapter_config.json", kMaxConfigBytes), file);
  if (!document.is_object()) throw Error(Kind::input, file + ": not a JSON object");
  const ConfigSection top{document, file, ""};
  const auto refuse = [&](const std::string& key, const std::string& expected) {
    const Json* value = top.find(key);
    top.refuse(key, fmt::format("is {}; {}", shown(value ? *value : Json(nullptr)), expected));
  };

  if (const Json* type = top.find("peft_type"); type == nullptr || *type != "LORA")
    refuse("peft_type", "only \"LORA\" is supported");
  for (const char* key : kUnsupportedKeys)
    if (const Json* value = top.find(key); value != nullptr && !is_nothing(*value)) refuse(key, "not supported");
  if (const Json* bias = top.find("bias"); bias != nullptr && *bias != "none")
    refuse("bias", "only \"none\" is supported");

  AdapterConfig config;
  for (const auto& [key, value] : document.items()) {
    if (!is_known_key(key) && config.unknown_keys.size() < kMaxUnknownKeys)
      config.unknown_keys.push_back(shown(Json(key)));
  }
  // Other initializations that change the base weights do so randomly or from data, so the tensors alone do not define
  // the adapter.
  if (const Json* start = top.find("init_lora_weights"); start != nullptr && !start->is_boolean()) {
    if (*start == "pissa" || *start == "olora")
      config.mutated_init = start->get<std::string>();
    else if (*start != "gaussian" && *start != "orthogonal" && *start != "eva")
      refuse("init_lora_weights", "it modifies the base weights, which is not supported");
  }
  config.base_model = top.text("base_model_name_or_path").value_or("");
  config.r = static_cast<int>(top.required_integer("r", 1, kMaxRank));
  const Json* alpha = top.find("lora_alpha");
  if (alpha == nullptr || !alpha->is_number() || !(std::fabs(alpha->get<double>()) <= 1e9))
    refuse("lora_alpha", "expected a number up to 1e9");
  config.lora_alpha = alpha->get<double>();
  if (const Json* dropout = top.find("lora_dropout")) {
    if (!dropout->is_number() || !(dropout->get<double>() >= 0 && dropout->get<double>() < 1))
      refuse("lora_dropout", "expected a number from 0 to below 1");
    config.lora_dropout = dropout->get<double>();
  }
  config.uses_rslora = top.flag("use_rslora", false);
  config.uses_dora = top.flag("use_dora", false);
  config.targets = read_rule(top, "target_modules");
  if (config.targets.is_empty()) refuse("target_modules", "expected a list of module names, or a pattern");
  config.excluded = read_rule(top, "exclude_modules");
  config.layers = read_layers(top);
  config.layers_pattern = read_names(top, "layers_pattern");
  const std::string rank_words = fmt::format("a whole number from 1 to {}", kMaxRank);
  config.rank_pattern = read_patterns<int>(top, "rank_pattern", rank_words, [](const Json& rank) {
    return rank.is_number_unsigned() && rank.get<std::uint64_t>() >= 1 &&
           rank.get<std::uint64_t>() <= std::uint64_t{kMaxRank};
  });
  config.alpha_pattern = read_patterns<double>(top, "alpha_pattern", "a number up to 1e9", [](const Json& number) {
    return number.is_number() && std::fabs(number.get<double>()) <= 1e9;
  });
  config.modules_to_save = read_names(top, "modules_to_save");
  config.ensures_weight_tying = top.flag("ensure_weight_tying", false);
  if (config.uses_dora && !config.mutated_init.empty())
    refuse("init_lora_weights", "not supported together with use_dora");
  return config;
}

Json adapter_config_json(const AdapterConfig& config) {
  Json ranks = Json::object(), alphas = Json::object();
  for (const auto& [pattern, rank] : config.rank_pattern) ranks[pattern] = rank;
  for (const auto& [pattern, alpha] : config.alpha_pattern) alphas[pattern] = number_json(alpha);
  const auto list_or_null = [](const auto& list) { return list.empty() ? Json(nullptr) : Json(list); };
  Json document{
      {"alpha_pattern", alphas},
      {"auto_mapping", nullptr},
      {"base_model_name_or_path", config.base_model},
      {"bias", "none"},
      {"exclude_modules", as_json(config.excluded)},
      {"fan_in_fan_out", false},
      {"inference_mode", true},
      {"init_lora_weights", config.mutated_init.empty() ? Json(true) : Json(config.mutated_init)},
      {"layers_pattern", list_or_null(config.layers_pattern)},
      {"layers_to_transform", list_or_null(config.layers)},
      {"lora_alpha", number_json(config.lora_alpha)},
      {"lora_bias", false},
      {"lora_dropout", config.lora_dropout},
      {"modules_to_save", list_or_null(config.modules_to_save)},
      {"peft_type", "LORA"},
      {"r", config.r},
      {"rank_pattern", ranks},
      {"revision", nullptr},
      {"target_modules", as_json(config.targets)},
      {"task_type", "CAUSAL_LM"},
      {"use_dora", config.uses_dora},
      {"use_rslora", config.uses_rslora},
  };
  if (config.ensures_weight_tying) document["ensure_weight_tying"] = true;
  return document;
}

}  // namespace intelia
