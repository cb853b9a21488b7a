// See adapter_weights.hpp. The rules are those of lib/nn/adapter.cpp, which trains adapters.
#include "model/adapter_weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "base/error.hpp"
#include "base/folder_member.hpp"
#include "record/json.hpp"

namespace intelia {

namespace {

constexpr const char* kPrefix = "base_model.model.";
constexpr const char* kEmbedding = "model.embed_tokens.weight";
constexpr const char* kHead = "lm_head.weight";

std::filesystem::path weights_of(const std::filesystem::path& folder) {
  if (!has_member(folder, "adapter_model.safetensors"))
    throw Error(Kind::input,
                "'" + folder.string() + "' has no adapter_model.safetensors; it is not a PEFT adapter folder");
  return member_of_folder(folder, "adapter_model.safetensors");
}

/** The paths of the embedding, the head and the norms. */
std::vector<std::string> other_modules(const ModelConfig& model) {
  std::vector<std::string> paths{"model.embed_tokens", "model.norm", "lm_head"};
  for (std::int64_t layer = 0; layer < model.num_hidden_layers; ++layer)
    for (const NormShape& norm : layer_norms(model))
      paths.push_back(fmt::format("model.layers.{}.{}", layer, norm.path));
  return paths;
}

std::vector<std::int64_t> shape_of(const ModelConfig& model, const std::string& name) {
  if (name == kHead) return {model.vocab_size, model.hidden_size};
  for (const TensorShape& tensor : model_tensors(model))
    if (tensor.name == name) return tensor.shape;
  throw Error(Kind::internal, "[adapter] no tensor " + name);
}

bool is_float(TensorType type) {
  return type == TensorType::f32 || type == TensorType::f16 || type == TensorType::bf16;
}

}  // namespace

AdapterWeights::AdapterWeights(const std::filesystem::path& folder, const ModelConfig& model)
    : config_(read_adapter_config(folder)), file_(weights_of(folder)) {
  if (!config_.mutated_init.empty())
    throw Error(Kind::usage,
                fmt::format("adapter '{}': it starts from the base's weights (init_lora_weights: {}) and does not "
                            "contain what was subtracted from them; convert it to a plain LoRA with PEFT "
                            "(save_pretrained with path_initial_model_for_weight_conversion)",
                            folder.string(), config_.mutated_init));
  with_context("adapter '" + folder.string() + "' does not fit the model", [&] {
    std::set<std::string> used;
    const auto tensor = [&](const std::string& name, const std::vector<std::int64_t>& shape) -> const TensorView& {
      const auto found = file_.tensors().find(name);
      if (found == file_.tensors().end()) throw Error(Kind::input, "tensor '" + name + "' is missing");
      if (found->second.shape != shape) throw Error(Kind::input, "tensor '" + name + "' has another shape");
      if (!is_float(found->second.type))
        throw Error(Kind::input, fmt::format("tensor '{}' is {}; expected F32, F16 or BF16", name,
                                             tensor_type_name(found->second.type)));
      used.insert(name);
      return found->second;
    };
    for (std::int64_t layer = 0; layer < model.num_hidden_layers; ++layer) {
      for (const LinearShape& linear : layer_linears(model)) {
        const std::string path = fmt::format("model.layers.{}.{}", layer, linear.path);
        if (!is_target(config_, path)) continue;
        const int rank = lora_rank(config_, path);
        LoraView lora{tensor(kPrefix + path + ".lora_A.weight", {rank, linear.in_features}),
                      tensor(kPrefix + path + ".lora_B.weight", {linear.out_features, rank}), nullptr, rank,
                      lora_scaling(config_, path)};
        if (config_.uses_dora)
          lora.magnitude = &tensor(kPrefix + path + ".lora_magnitude_vector", {linear.out_features});
        number_of_[path] = loras_.size();
        loras_.emplace_back(path, lora);
      }
    }
    if (loras_.empty()) throw Error(Kind::input, "none of the model's linear layers is a target of it");
    for (const std::string& path : other_modules(model)) {
      const bool is_saved = std::any_of(config_.modules_to_save.begin(), config_.modules_to_save.end(),
                                        [&](const std::string& name) { return (kPrefix + path).ends_with(name); });
      if (!is_saved) continue;
      const std::string name = path + ".weight";
      replacements_[name] = &tensor(kPrefix + name, shape_of(model, name));
    }
    tie_replacements(model);
    // A tied head is in the file twice where it is trained.
    if (replacements_.contains(kHead)) used.insert(std::string(kPrefix) + kHead);
    if (used.size() != file_.tensors().size())
      throw Error(Kind::input,
                  std::to_string(file_.tensors().size() - used.size()) + " of its tensors do not belong to the model");
  });
}

void AdapterWeights::tie_replacements(const ModelConfig& model) {
  if (!config_.ensures_weight_tying || !model.ties_embeddings) return;
  const auto embedding = replacements_.find(kEmbedding), head = replacements_.find(kHead);
  if (embedding == replacements_.end() && head == replacements_.end()) return;
  // One tensor for both; the file has it under both names.
  const auto named = [&](const char* name) -> const TensorView* {
    const auto found = file_.tensors().find(std::string(kPrefix) + name);
    return found == file_.tensors().end() ? nullptr : &found->second;
  };
  const TensorView *one = named(kEmbedding), *other = named(kHead);
  if (one == nullptr) one = other;
  if (other == nullptr) other = one;
  if (one->size_bytes != other->size_bytes || std::memcmp(one->data, other->data, one->size_bytes) != 0)
    throw Error(Kind::input,
                "its lm_head differs from its embed_tokens, although ensure_weight_tying requires the same tensor");
  replacements_[kEmbedding] = replacements_[kHead] = one;
}

const LoraView* AdapterWeights::lora_of(const std::string& path) const {
  const auto found = number_of_.find(path);
  return found == number_of_.end() ? nullptr : &loras_[found->second].second;
}

const TensorView* AdapterWeights::replacement_of(const std::string& name) const {
  const auto found = replacements_.find(name);
  return found == replacements_.end() ? nullptr : found->second;
}

ModelConfig AdapterWeights::merged_config(const ModelConfig& model) const {
  ModelConfig config = model;
  if (!model.ties_embeddings || replacement_of(kEmbedding) == replacement_of(kHead)) return config;
  config.ties_embeddings = false;
  Json document = *model.document;
  document["tie_word_embeddings"] = false;
  config.document = std::make_shared<const Json>(std::move(document));
  return config;
}

}  // namespace intelia
