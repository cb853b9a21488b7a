#include "nn/trained_model.hpp"

#include "base/file.hpp"
#include "base/folder_member.hpp"
#include "nn/adapter.hpp"
#include "nn/memory.hpp"
#include "nn/weights.hpp"
#include "record/json.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

/** Adapters in bf16, and with them their gradients and optimizer states; DoRA's magnitudes stay fp32, as in TRL. */
void round_to_bf16(const NamedTensors& adapter) {
  for (const auto& [name, tensor] : adapter)
    if (name.find("lora_magnitude_vector") == std::string::npos) tensor.set_data(tensor.detach().to(at::kBFloat16));
}

bool wants_bf16_adapter(const TrainingSettings& settings) {
  if (settings.adapter_type != AdapterType::automatic) return settings.adapter_type == AdapterType::bf16;
  return settings.compat == Compat::trl && settings.base.method == Method::qlora;
}

void write_full_model(Decoder& model, const fs::path& source, const fs::path& folder) {
  const auto type = model.config.dtype == "bfloat16"  ? at::kBFloat16
                    : model.config.dtype == "float16" ? at::kHalf
                                                      : at::kFloat;
  NamedTensors tensors;
  for (const auto& [name, tensor] : named_weights(model)) tensors.emplace_back(name, tensor->detach().to(type));
  write_tensors(folder / "model.safetensors", tensors).commit();
  const bool is_tied_as_said = read_model_config(source).ties_embeddings == model.config.ties_embeddings;
  write_file(folder / "config.json",
             is_tied_as_said ? read_member(source, "config.json") : model.config.document->dump(2) + "\n");
}

}  // namespace

TrainedModel::TrainedModel(const TrainingSettings& settings, Decoder loaded)
    : model_(std::move(loaded)),
      model_bytes_(live_bytes(model_.placement.device)),
      source_(settings.base.model),
      is_full_(settings.base.method == Method::full) {
  if (is_full_) {
    for (const auto& [name, tensor] : named_weights(model_)) parameters_.emplace_back(name, *tensor);
    return;
  }
  if (settings.base.adapter.empty())
    add_adapter(model_, settings.lora, settings.seed);
  else
    load_adapter(model_, settings.base.adapter, settings.lora.dropout);
  parameters_ = adapter_tensors(model_);
  if (wants_bf16_adapter(settings)) round_to_bf16(parameters_);
}

std::int64_t TrainedModel::num_trainable() const {
  std::int64_t count = 0;
  for (const auto& [name, parameter] : parameters_) count += parameter.numel();
  return count;
}

void TrainedModel::write(const fs::path& folder) {
  if (is_full_)
    write_full_model(model_, source_, folder);
  else
    write_adapter(model_, folder, source_.string());
}

}  // namespace intelia::nn
