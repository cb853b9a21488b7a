#include "export/model_description.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/folder_member.hpp"
#include "base/path.hpp"
#include "inference/text_side.hpp"
#include "model/adapter.hpp"
#include "model/quantized.hpp"
#include "model/safetensors.hpp"

namespace intelia {

namespace fs = std::filesystem;

namespace {

ParameterCounts count_parameters(const ModelConfig& config, const LoraSettings& lora) {
  ParameterCounts counts;
  counts.all = static_cast<double>(num_parameters(config));
  const auto layers = static_cast<double>(config.num_hidden_layers);
  const std::vector<std::string> targets = target_names(config, lora.targets);
  for (const LinearShape& linear : layer_linears(config)) {
    const auto out = static_cast<double>(linear.out_features), in = static_cast<double>(linear.in_features);
    counts.linear += layers * out * in;
    if (std::find(targets.begin(), targets.end(), linear.name) != targets.end())
      counts.adapter += layers * lora.r * (out + in);
  }
  return counts;
}

/** NF4 with double quantization (Dettmers et al. 2023, section 3): 4 bits per weight, an 8-bit scale per 64 weights,
   and a 32-bit scale per 256 of these scales. Weights that are stored so can be trained in no other way. */
std::vector<TrainingMemory> training_memory(const ParameterCounts& counts, bool is_stored_quantized) {
  const double p = counts.all, l = counts.linear, a = counts.adapter;
  const std::vector<TrainingMemory::Term> adapter = {
      {"adapter", "4 A", 4 * a}, {"gradients", "4 A", 4 * a}, {"optimizer states", "8 A", 8 * a}};
  TrainingMemory full{"full",
                      {{"weights", "4 P", 4 * p}, {"gradients", "4 P", 4 * p}, {"optimizer states", "8 P", 8 * p}}};
  TrainingMemory lora{"lora", {{"weights", "2 P", 2 * p}}};
  TrainingMemory qlora{"qlora",
                       {{"weights in NF4", "L (1/2 + 1/64 + 4/16384)", l * (0.5 + 1.0 / 64 + 4.0 / 16384)},
                        {"other weights", "2 (P - L)", 2 * (p - l)}}};
  for (TrainingMemory* method : {&lora, &qlora})
    method->terms.insert(method->terms.end(), adapter.begin(), adapter.end());
  if (is_stored_quantized) return {qlora};
  return {full, lora, qlora};
}

/** Counts the tensors by type. */
void describe_weights(const ModelFolder& folder, ModelDescription& description, Log& log) {
  report_model_folder(folder, "ignored", log);
  for (const auto& [name, tensor] : folder.weights.tensors()) {
    TensorCount& count = description.tensors[tensor_type_name(tensor.type)];
    ++count.tensors;
    count.bytes += tensor.size_bytes;
  }
  for (const fs::path& file : folder.weights.files()) description.file_bytes += file_bytes(file);
}

TokenizerDescription describe_tokenizer(const fs::path& folder, TokenizerRules rules, const ModelConfig& config) {
  check_tokenizer_files(folder);
  const auto has = [&](const char* name) { return is_file(folder / name); };
  TokenizerDescription description;
  if (has("tokenizer.json"))
    description.kind = "tokenizer.json";
  else if (has("tokenizer.model"))
    description.kind = "SentencePiece";
  if (description.kind != "none") {
    const std::unique_ptr<Tokenizer> tokenizer = Tokenizer::load(folder, rules);
    description.size = tokenizer->embedded_size();
    if (description.size > config.vocab_size)
      throw Error(Kind::input, fmt::format("the tokenizer has {} ids, but the embedding has {} rows (vocab_size in "
                                           "config.json); they belong to different models",
                                           description.size, config.vocab_size));
  }
  const bool is_in_config =
      has("tokenizer_config.json") &&
      parse_json(read_member(folder, "tokenizer_config.json"), "tokenizer_config.json").contains("chat_template");
  description.has_chat_template = has("chat_template.jinja") || is_in_config;
  if (description.has_chat_template)
    description.has_generation_markers = ChatTemplate::load(folder, rules).has_generation_markers();
  return description;
}

}  // namespace

double TrainingMemory::total() const {
  double sum = 0;
  for (const Term& term : terms) sum += term.bytes;
  return sum;
}

ModelDescription describe_model(const fs::path& folder, TokenizerRules rules, const LoraSettings& lora, Log& log) {
  ModelDescription description;
  const ModelFolder opened = open_model_folder(folder);
  description.config = opened.config;
  description.unused = opened.unused;
  describe_weights(opened, description, log);
  description.tokenizer =
      with_context("'" + folder.string() + "'", [&] { return describe_tokenizer(folder, rules, description.config); });
  description.parameters = count_parameters(description.config, lora);
  description.training = training_memory(description.parameters, description.config.quantization.has_value());
  return description;
}

Json to_json(const ModelDescription& description) {
  const ModelConfig& config = description.config;
  Json json{{"architecture", config.model_type},
            {"parameters", num_parameters(config)},
            {"hidden_size", config.hidden_size},
            {"intermediate_size", config.intermediate_size},
            {"layers", config.num_hidden_layers},
            {"heads", config.num_attention_heads},
            {"kv_heads", config.num_key_value_heads},
            {"vocab_size", config.vocab_size},
            {"context", context_length(config)},
            {"ties_embeddings", config.ties_embeddings},
            {"weight_bytes", description.file_bytes},
            {"quantization", config.quantization ? Json("nf4") : Json(nullptr)},
            {"types", Json::object()},
            {"unused_tensors", Json::object()},
            {"tokenizer", {{"kind", description.tokenizer.kind}, {"size", description.tokenizer.size}}},
            {"chat_template", description.tokenizer.has_chat_template},
            {"training_bytes", Json::object()}};
  for (const auto& [name, count] : description.tensors)
    json["types"][name] = Json{{"tensors", count.tensors}, {"bytes", count.bytes}};
  for (const TensorGroup& group : description.unused) json["unused_tensors"][group.pattern] = group.count;
  for (const TrainingMemory& memory : description.training) {
    Json& method = json["training_bytes"][memory.method];
    method["total"] = static_cast<std::int64_t>(memory.total());
    for (const TrainingMemory::Term& term : memory.terms) method[term.name] = static_cast<std::int64_t>(term.bytes);
  }
  return json;
}

}  // namespace intelia
