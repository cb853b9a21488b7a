// A model of each family as llama.cpp has it: keys, names and types of tensors, and how their values follow from those
// of a Hugging Face folder. It reads and writes no file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/sinks.hpp"
#include "model/config.hpp"
#include "model/gguf.hpp"

namespace intelia {

/** The type of an export: GGUF has all, Hugging Face folders the first three. automatic: as the weights are stored. */
enum class ExportType { automatic, f32, f16, bf16, q8_0, q4_0, q4_k_m };

const char* export_type_name(ExportType type);  // "q4_k_m"

/** A tensor of the file and where it comes from. */
struct GgufTensorSource {
  std::string name;  // "blk.0.attn_q.weight"
  GgufType type = GgufType::f32;
  TensorShape source;             // of the model; an empty name: `values` are the tensor
  std::int64_t rotary_heads = 0;  // rows of so many heads are reordered for llama.cpp's rotary positions; 0: none are
  float added = 0;                // to every value
  std::vector<float> values;
};

/** Error{input} for what llama.cpp would compute differently; warnings for what it only computes differently in long
    texts. */
void check_gguf_model(const ModelConfig& config, Log& log);

/** The architecture of llama.cpp: Mistral's is "llama". */
std::string gguf_architecture(const ModelConfig& config);

/** `type` is not automatic. Rows that are no multiple of a type's block get the type that llama.cpp gives them. */
std::vector<GgufTensorSource> gguf_tensors(const ModelConfig& config, ExportType type);

/** The keys of the model itself, general.file_type included. */
void add_model_keys(GgufKeys& keys, const ModelConfig& config, ExportType type);

/** The name of a linear layer's weight: "blk.0.attn_q" for "model.layers.0.self_attn.q_proj". */
std::string gguf_linear_name(std::int64_t layer, const LinearShape& linear);

/** The heads whose rows are reordered in this linear layer; 0: none. */
std::int64_t reordered_heads(const ModelConfig& config, const LinearShape& linear);

/** The row of the folder's tensor that becomes row `row` of the file's: llama.cpp rotates pairs of neighbours, Hugging
    Face the halves of a head. */
std::int64_t source_row(std::int64_t row, std::int64_t num_rows, std::int64_t rotary_heads);

}  // namespace intelia
