// Weights that are stored in NF4, as bitsandbytes 0.50 serializes them: the quantization_config of config.json, and the
// tensors that represent each weight. Everything is validated; nothing is dequantized.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/safetensors.hpp"
#include "record/json_fwd.hpp"

namespace intelia {

struct ModelConfig;

/** `quantization_config` of config.json: NF4 in blocks of 64, stored in bytes. */
struct QuantizationConfig {
  bool uses_double_quantization = false;                 // as configured; each weight has its own state
  std::optional<std::vector<std::string>> skip_modules;  // llm_int8_skip_modules; nothing: lm_head
};

/** Reads the value of quantization_config in `file`. Error{input} names the key; fp4, 8 bits, other methods and other
   storage types are not supported. */
QuantizationConfig read_quantization_config(const Json& document, const std::string& file);

/** The value of quantization_config that transformers 5 writes, and 4.4x reads. `compute_dtype`: "bfloat16". */
Json quantization_config_json(bool uses_double_quantization, const std::string& compute_dtype);

/** Whether the linear layer `module` ("model.layers.0.mlp.up_proj", "lm_head") keeps its dense weight: skip_modules
   name it from its start to the end of a word, or its end (transformers' should_convert_module). */
bool keeps_dense(const QuantizationConfig& config, const std::string& module);

/** A weight in NF4: views of the file, of checked types and sizes. */
struct QuantizedView {
  TensorView codes;          // U8 [(n + 1) / 2, 1]
  TensorView absmax;         // nested: U8 [blocks], else F32 [blocks]
  TensorView nested_absmax;  // nested: F32 [ceil(blocks / 256)]
  TensorView nested_map;     // nested: F32 [256], the values of the codes of absmax
  float offset = 0;          // nested: added to each scale
  bool is_nested = false;
};

/**
 * The parts of weight `name` ("….q_proj.weight") with the dense shape [out, in] = `shape`. Error{input} when one is
 * missing, of another type or size, contains a number that is not finite, or uses another code than NF4.
 */
QuantizedView quantized_weight(const ModelWeights& weights, const std::string& name,
                               const std::vector<std::int64_t>& shape);

/** Whether weight `name` of model_tensors() is stored in NF4. */
bool is_stored_quantized(const ModelConfig& config, const std::string& name);

/** Error{input} unless `weights` contain every tensor of the model with its shape and a supported type, quantized ones
   with all their parts. */
void check_weights(const ModelWeights& weights, const ModelConfig& config);

/** Whether `model quantize` quantizes weight `name`: the linear layers of the blocks. */
bool is_quantizable(const std::string& name);

/** Error{usage} when the weights of `folder` are quantized already. */
void check_quantizable(const ModelConfig& config, const std::filesystem::path& folder);

/** The size of the quantized weights, except headers and a few dozen bytes per weight. */
std::uint64_t quantized_bytes(const ModelWeights& weights, const ModelConfig& config, bool uses_double_quantization);

/** SettingError{usage} when the linear layers are stored in NF4, so that full training is impossible; names `folder`.
 */
void check_trainable(const ModelConfig& config, const std::filesystem::path& folder);

/** Suffixes of the names of the parts of a quantized weight: ".absmax". */
inline constexpr const char* kAbsmaxSuffix = ".absmax";
inline constexpr const char* kQuantMapSuffix = ".quant_map";
inline constexpr const char* kNestedAbsmaxSuffix = ".nested_absmax";
inline constexpr const char* kNestedMapSuffix = ".nested_quant_map";
inline constexpr const char* kStateSuffix = ".quant_state.bitsandbytes__nf4";

/** The text of a weight's quant_state, byte for byte as bitsandbytes writes it. `dtype`: the type it was quantized
   from, "bfloat16". `nested_offset`: nothing when the scales are not quantized again. */
std::string quant_state_text(const std::string& dtype, const std::vector<std::int64_t>& shape,
                             std::optional<float> nested_offset);

}  // namespace intelia
