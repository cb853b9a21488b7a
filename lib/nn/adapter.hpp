// LoRA adapters on a model: created, read from and written to PEFT folders.
#pragma once

#include "base/file.hpp"
#include "nn/decoder.hpp"

namespace intelia::nn {

/** The adapter's tensors by their name in the file ("base_model.model.….lora_A.weight"), sorted. */
std::vector<std::pair<std::string, Tensor>> adapter_tensors(Decoder& model);

/** Adds a new adapter to the layers of settings.targets: A uniform in ±1/sqrt(in) (PEFT's kaiming_uniform(√5)), B zero,
   or as settings.init says, from a torch generator seeded with `seed`. Throws Error{usage} for a target that matches no
   layer. */
void add_adapter(Decoder& model, const LoraSettings& settings, std::uint64_t seed);

/** Adds the adapter of `folder` to the model. `dropout` < 0: the folder's own. Throws Error{input} when it does not
   fit. */
void load_adapter(Decoder& model, const std::filesystem::path& folder, double dropout = -1);

/** Writes adapter_model.safetensors and adapter_config.json into `folder`. PiSSA and OLoRA are converted to a plain
   LoRA of twice the rank on the original base. */
void write_adapter(Decoder& model, const std::filesystem::path& folder, const std::string& base_model);

/** Writes named tensors, in their own types, as a safetensors file, not yet committed. */
AtomicFile write_tensors(const std::filesystem::path& path, const std::vector<std::pair<std::string, Tensor>>& tensors);

/** Copies the file's tensors into `tensors`; Error{input} when one is missing or of another shape or type. */
void read_tensors(const std::filesystem::path& path, const std::vector<std::pair<std::string, Tensor>>& tensors);

}  // namespace intelia::nn
