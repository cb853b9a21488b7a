// Tensors of untrusted folders are used only after these checks: types, sizes, finite scales, and the codebook of NF4.
// References: QuantState.as_dict (bitsandbytes), quantizer_bnb_4bit.py (transformers).
#include "model/quantized.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "base/error.hpp"
#include "kernels/nf4.hpp"
#include "model/config.hpp"
#include "model/config_section.hpp"

namespace intelia {

namespace {

constexpr std::size_t kMaxStateBytes = 64 << 10;  // bitsandbytes writes fewer than 300
constexpr std::size_t kMaxSkipModules = 1 << 14;

/** Whether it is a plain module name; anything else would be a pattern. */
bool is_plain_module(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '.' || c == '-';
  });
}

bool is_finite(const TensorView& view) {
  for (std::size_t at = 0; at < view.size_bytes; at += 4) {
    float value;
    std::memcpy(&value, view.data + at, 4);
    if (!std::isfinite(value)) return false;
  }
  return true;
}

/** Error{input} unless the dense weight `view` is of a floating-point type. */
void check_type(const TensorView& view, const std::string& name, const ModelWeights& weights) {
  if (view.type == TensorType::f32 || view.type == TensorType::bf16 || view.type == TensorType::f16) return;
  throw Error(Kind::input,
              fmt::format("{}: tensor '{}' is {}; a weight is F32, F16 or BF16",
                          weights.files().front().parent_path().string(), name, tensor_type_name(view.type)));
}

/** The quant_state of a weight, with its name for errors. */
struct State {
  Json object;
  std::string name;

  [[noreturn]] void refuse(const std::string& key, const std::string& expected) const {
    const auto found = object.find(key);
    throw Error(Kind::input, fmt::format("{}: {} is {}; expected {}", name, key,
                                         found == object.end() ? "missing" : shown(*found), expected));
  }

  void expect(const std::string& key, const Json& value) const {
    const auto found = object.find(key);
    if (found == object.end() || *found != value) refuse(key, value.dump());
  }
};

State read_state(const TensorView& view, const std::string& name) {
  if (view.type != TensorType::u8 || view.shape.size() != 1 || view.size_bytes > kMaxStateBytes) {
    throw Error(Kind::input, fmt::format("{}: expected at most {} bytes of JSON (U8), found {} of {} bytes", name,
                                         kMaxStateBytes, tensor_type_name(view.type), view.size_bytes));
  }
  State state{parse_json({reinterpret_cast<const char*>(view.data), view.size_bytes}, name), name};
  if (!state.object.is_object()) throw Error(Kind::input, name + ": not a JSON object");
  static const std::set<std::string> known = {"quant_type",       "blocksize",    "dtype",        "shape",
                                              "nested_blocksize", "nested_dtype", "nested_offset"};
  for (const auto& [key, value] : state.object.items()) {
    if (!known.contains(key)) {
      throw Error(Kind::input, fmt::format("{}: '{}' is not a key that bitsandbytes writes; expected {}", name,
                                           key.substr(0, 80), fmt::join(known, ", ")));
    }
  }
  return state;
}

}  // namespace

QuantizationConfig read_quantization_config(const Json& document, const std::string& file) {
  if (!document.is_object())
    throw Error(Kind::input, fmt::format("{}: quantization_config is {}; expected an object", file, shown(document)));
  const ConfigSection section{document, file, "quantization_config."};
  constexpr const char* kRemedy = "; only NF4 of bitsandbytes is supported: use that, or the unquantized model";

  if (const std::string method = section.text("quant_method").value_or("bitsandbytes"); method != "bitsandbytes")
    section.refuse("quant_method", fmt::format("is {}{}", shown(method), kRemedy));
  if (section.flag("load_in_8bit", false) || section.flag("_load_in_8bit", false))
    section.refuse("load_in_8bit", std::string("is true") + kRemedy);
  if (!section.flag("load_in_4bit", false) && !section.flag("_load_in_4bit", false))
    section.refuse("load_in_4bit", std::string("is not true") + kRemedy);
  // The default of transformers is fp4.
  if (const std::string type = section.text("bnb_4bit_quant_type").value_or("fp4"); type != "nf4")
    section.refuse("bnb_4bit_quant_type", fmt::format("is {}{}", shown(type), kRemedy));
  if (const std::string storage = section.text("bnb_4bit_quant_storage").value_or("uint8"); storage != "uint8")
    section.refuse("bnb_4bit_quant_storage", fmt::format("is {}; only \"uint8\" is supported", shown(storage)));
  // The computation uses the precision of the run; the key must only be valid.
  const std::string compute = section.text("bnb_4bit_compute_dtype").value_or("float32");
  if (compute != "float32" && compute != "bfloat16" && compute != "float16")
    section.refuse("bnb_4bit_compute_dtype",
                   fmt::format("is {}; expected float32, bfloat16 or float16", shown(compute)));

  QuantizationConfig config;
  config.uses_double_quantization = section.flag("bnb_4bit_use_double_quant", false);
  if (const Json* modules = section.find("llm_int8_skip_modules")) {
    if (!modules->is_array() || modules->size() > kMaxSkipModules)
      section.refuse("llm_int8_skip_modules", "is " + shown(*modules) + "; expected a list of module names");
    config.skip_modules.emplace();
    for (const Json& module : *modules) {
      if (!module.is_string() || !is_plain_module(module.get<std::string>()))
        section.refuse("llm_int8_skip_modules", "holds " + shown(module) + "; expected names of modules, no patterns");
      config.skip_modules->push_back(module.get<std::string>());
    }
  }
  return config;
}

Json quantization_config_json(bool uses_double_quantization, const std::string& compute_dtype) {
  return {{"_load_in_4bit", true},
          {"_load_in_8bit", false},
          {"bnb_4bit_compute_dtype", compute_dtype},
          {"bnb_4bit_quant_storage", "uint8"},
          {"bnb_4bit_quant_type", "nf4"},
          {"bnb_4bit_use_double_quant", uses_double_quantization},
          {"llm_int8_enable_fp32_cpu_offload", false},
          {"llm_int8_has_fp16_weight", false},
          {"llm_int8_skip_modules", nullptr},
          {"llm_int8_threshold", 6.0},
          {"load_in_4bit", true},
          {"load_in_8bit", false},
          {"quant_method", "bitsandbytes"}};
}

bool keeps_dense(const QuantizationConfig& config, const std::string& module) {
  if (!config.skip_modules) return module == "lm_head";
  return std::any_of(config.skip_modules->begin(), config.skip_modules->end(), [&](const std::string& name) {
    const bool starts =
        module.starts_with(name) && (module.size() == name.size() || module[name.size()] == '.' || name.ends_with('.'));
    return starts || module.ends_with(name);
  });
}

QuantizedView quantized_weight(const ModelWeights& weights, const std::string& name,
                               const std::vector<std::int64_t>& shape) {
  const std::string folder = weights.files().front().parent_path().string();
  const auto named = [&](const std::string& suffix) { return fmt::format("{}: tensor '{}{}'", folder, name, suffix); };
  const TensorView* state_view = weights.find(name + kStateSuffix);
  if (state_view == nullptr) {
    const TensorView* dense = weights.find(name);
    if (dense == nullptr) throw Error(Kind::input, named("") + " is not in its safetensors");
    if (weights.find(name + ".quant_state.bitsandbytes__fp4") != nullptr)
      throw Error(Kind::input, named("") + " is in FP4; only NF4 is supported");
    throw Error(Kind::input, fmt::format("{} is {} and there is no '{}{}', but config.json says that it is in NF4",
                                         named(""), tensor_type_name(dense->type), name, kStateSuffix));
  }
  const State state = read_state(*state_view, named(kStateSuffix));
  state.expect("quant_type", "nf4");
  state.expect("blocksize", nf4::kBlock);
  state.expect("shape", shape);
  const auto type = state.object.find("dtype");
  if (type == state.object.end() || (*type != "float32" && *type != "bfloat16" && *type != "float16"))
    state.refuse("dtype", "\"float32\", \"bfloat16\" or \"float16\"");

  std::int64_t num = 1;
  for (const std::int64_t size : shape) num *= size;
  const auto part = [&](const char* suffix, TensorType part_type, const std::vector<std::int64_t>& part_shape) {
    const TensorView& view = weights.at(name + suffix, part_shape);
    if (view.type != part_type) {
      throw Error(Kind::input, fmt::format("{} is {}; expected {}", named(suffix), tensor_type_name(view.type),
                                           tensor_type_name(part_type)));
    }
    if (part_type == TensorType::f32 && !is_finite(view))
      throw Error(Kind::input, named(suffix) + " contains a number that is not finite");
    return view;
  };
  QuantizedView view;
  view.codes = part("", TensorType::u8, {nf4::num_packed_bytes(num), 1});
  const TensorView map = part(kQuantMapSuffix, TensorType::f32, {16});
  if (std::memcmp(map.data, nf4::kCodebook, sizeof nf4::kCodebook) != 0)
    throw Error(Kind::input, named(kQuantMapSuffix) + " is not the NF4 codebook");

  view.is_nested = state.object.contains("nested_offset");
  if (!view.is_nested) {
    view.absmax = part(kAbsmaxSuffix, TensorType::f32, {nf4::num_blocks(num)});
    return view;
  }
  state.expect("nested_blocksize", nf4::kNestedBlock);
  state.expect("nested_dtype", "float32");
  const Json& offset = state.object["nested_offset"];
  view.offset = offset.is_number() ? offset.get<float>() : std::nanf("");
  if (!std::isfinite(view.offset)) state.refuse("nested_offset", "a finite number");
  view.absmax = part(kAbsmaxSuffix, TensorType::u8, {nf4::num_blocks(num)});
  view.nested_absmax = part(kNestedAbsmaxSuffix, TensorType::f32, {nf4::num_nested_blocks(num)});
  view.nested_map = part(kNestedMapSuffix, TensorType::f32, {256});
  return view;
}

bool is_stored_quantized(const ModelConfig& config, const std::string& name) {
  constexpr std::string_view kWeight = ".weight";
  const bool is_linear = name == "lm_head.weight" || is_quantizable(name);
  return is_linear && config.quantization &&
         !keeps_dense(*config.quantization, name.substr(0, name.size() - kWeight.size()));
}

void check_weights(const ModelWeights& weights, const ModelConfig& config) {
  for (const TensorShape& tensor : model_tensors(config)) {
    if (is_stored_quantized(config, tensor.name))
      quantized_weight(weights, tensor.name, tensor.shape);
    else
      check_type(weights.at(tensor.name, tensor.shape), tensor.name, weights);
  }
}

bool is_quantizable(const std::string& name) { return name.ends_with("_proj.weight"); }

void check_quantizable(const ModelConfig& config, const std::filesystem::path& folder) {
  if (config.quantization)
    throw Error(Kind::usage, fmt::format("the weights of '{}' are already stored in NF4", folder.string()));
}

std::uint64_t quantized_bytes(const ModelWeights& weights, const ModelConfig& config, bool uses_double_quantization) {
  std::uint64_t total = 0;
  for (const TensorShape& tensor : model_tensors(config)) {
    if (!is_quantizable(tensor.name)) {
      total += weights.at(tensor.name, tensor.shape).size_bytes;
      continue;
    }
    const std::int64_t n = tensor.shape[0] * tensor.shape[1];
    const std::int64_t scales = uses_double_quantization ? nf4::num_blocks(n) + 4 * nf4::num_nested_blocks(n) + 4 * 256
                                                         : 4 * nf4::num_blocks(n);
    total += static_cast<std::uint64_t>(nf4::num_packed_bytes(n) + scales + 4 * 16) +
             quant_state_text("bfloat16", tensor.shape, std::nullopt).size();
  }
  return total;
}

void check_trainable(const ModelConfig& config, const std::filesystem::path& folder) {
  if (!config.quantization) return;
  throw SettingError(Kind::usage, "method",
                     fmt::format("full training is not possible for '{}': its weights are stored in NF4; train an "
                                 "adapter (qlora), or use the unquantized model",
                                 folder.string()));
}

std::string quant_state_text(const std::string& dtype, const std::vector<std::int64_t>& shape,
                             std::optional<float> nested_offset) {
  std::string text = fmt::format(R"({{"quant_type": "nf4", "blocksize": {}, "dtype": "{}", "shape": [{}])", nf4::kBlock,
                                 dtype, fmt::join(shape, ", "));
  if (nested_offset) {
    // Python's repr of a float: the shortest text that reads back, and a point even in a whole number.
    std::string offset = fmt::format("{}", static_cast<double>(*nested_offset));
    if (offset.find_first_of(".e") == std::string::npos) offset += ".0";
    text += fmt::format(R"(, "nested_blocksize": {}, "nested_dtype": "float32", "nested_offset": {})",
                        nf4::kNestedBlock, offset);
  }
  return text + "}";
}

}  // namespace intelia
