// LoRA adapters on a model: made new, read from and written to PEFT folders.
#pragma once

#include "base/file.hpp"
#include "nn/decoder.hpp"

namespace intelia::nn {

/** The adapter's tensors by their name in the file ("base_model.model.….lora_A.weight"), sorted. */
std::vector<std::pair<std::string, Tensor>> adapter_tensors(Decoder& model);

/** Puts a fresh adapter on the layers that settings.targets names: A uniform in ±1/sqrt(in) (PEFT's
   kaiming_uniform(√5)), B zero, or as settings.init says; its numbers come from a torch generator seeded with `seed`.
   Throws Error{usage} for a target that no layer has. */
void add_adapter(Decoder& model, const LoraSettings& settings, std::uint64_t seed);

/** Puts the adapter of `folder` on the model. `dropout` < 0: the folder's own. Throws Error{input} when it does not
 * fit. */
void load_adapter(Decoder& model, const std::filesystem::path& folder, double dropout = -1);

/** Writes adapter_model.safetensors and adapter_config.json into `folder`; one that started from the base's weights is
   written as a plain LoRA of twice the rank on the base as it was. */
void write_adapter(Decoder& model, const std::filesystem::path& folder, const std::string& base_model);

/** What both adapters and full models need: named tensors as safetensors, in their own type. Not yet committed. */
AtomicFile write_tensors(const std::filesystem::path& path, const std::vector<std::pair<std::string, Tensor>>& tensors);

/** Copies the file's tensors into `tensors`; Error{input} when one is missing or of another shape or type. */
void read_tensors(const std::filesystem::path& path, const std::vector<std::pair<std::string, Tensor>>& tensors);

}  // namespace intelia::nn
