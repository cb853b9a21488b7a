// The tensors of a PEFT adapter on the model that it belongs to: validated, and found by the module that they change.
// Nothing is merged here.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/adapter.hpp"
#include "model/config.hpp"
#include "model/safetensors.hpp"

namespace intelia {

/** The LoRA of one linear layer; views of the adapter's file. */
struct LoraView {
  TensorView a;                           // [R, in]
  TensorView b;                           // [out, R]
  const TensorView* magnitude = nullptr;  // [out], with DoRA
  int rank = 0;
  double scaling = 1;  // of B·A
};

class AdapterWeights {
 public:
  /** Error{input} when a tensor is missing, has another shape, or belongs to no part of the model; Error{usage} for an
      adapter whose tensors alone do not define it (PiSSA and OLoRA that were not converted). */
  AdapterWeights(const std::filesystem::path& folder, const ModelConfig& model);

  const AdapterConfig& config() const { return config_; }
  /** By the path of a linear layer, "model.layers.0.self_attn.q_proj", in the model's order. */
  const std::vector<std::pair<std::string, LoraView>>& loras() const { return loras_; }
  const LoraView* lora_of(const std::string& path) const;
  /** The tensor that replaces a weight of the model ("lm_head.weight"), or nullptr. */
  const TensorView* replacement_of(const std::string& name) const;
  std::size_t num_replacements() const { return replacements_.size(); }

  /** The configuration of `model` with the adapter merged into it: embedding and output layer that are not equal any
      more are not tied. */
  ModelConfig merged_config(const ModelConfig& model) const;

 private:
  /** Makes embedding and head the same tensor, where the configuration ties them. */
  void tie_replacements(const ModelConfig& model);

  AdapterConfig config_;
  SafetensorsFile file_;
  std::vector<std::pair<std::string, LoraView>> loras_;
  std::map<std::string, std::size_t> number_of_;           // in loras_
  std::map<std::string, const TensorView*> replacements_;  // by the name of the weight
};

}  // namespace intelia
