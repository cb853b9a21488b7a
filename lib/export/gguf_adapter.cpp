// Follows llama.cpp's convert_lora_to_gguf.py (llama-cpp-python 0.3.36), and llama-adapter.cpp for the scaling.
#include "export/gguf_adapter.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "export/weight_encoder.hpp"

namespace intelia {

namespace {

struct Part {
  std::string name;
  GgufType type = GgufType::f32;
  const TensorView* values = nullptr;
  std::int64_t rotary_heads = 0;
  float factor = 1;
};

void check(const MergedModel& merged) {
  const AdapterWeights& adapter = *merged.adapter_weights;
  const std::string where = "adapter '" + merged.adapter.string() + "': ";
  if (adapter.config().uses_dora)
    throw Error(Kind::input, where + "a GGUF adapter cannot have DoRA's magnitudes; merge it into the model instead");
  if (adapter.num_replacements() > 0)
    throw Error(Kind::input, where +
                                 "a GGUF adapter cannot have fully trained modules (modules_to_save); merge it into "
                                 "the model instead");
}

GgufType part_type(ExportType type, std::int64_t columns) {
  switch (type) {
    case ExportType::f16:
      return GgufType::f16;
    case ExportType::bf16:
      return GgufType::bf16;
    case ExportType::q8_0:
      return columns % gguf_block_elements(GgufType::q8_0) == 0 ? GgufType::q8_0 : GgufType::f16;
    default:
      return GgufType::f32;
  }
}

std::vector<Part> parts_of(const MergedModel& merged, ExportType type) {
  check(merged);
  const AdapterWeights& adapter = *merged.adapter_weights;
  const ModelConfig& config = merged.folder.config;
  std::vector<Part> parts;
  for (std::int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    for (const LinearShape& linear : layer_linears(config)) {
      const LoraView* lora = adapter.lora_of(fmt::format("model.layers.{}.{}", layer, linear.path));
      if (lora == nullptr) continue;
      const std::string name = gguf_linear_name(layer, linear) + ".weight";
      const double usual = adapter.config().lora_alpha / lora->rank;
      if (usual == 0 && lora->scaling != 0)
        throw Error(Kind::input, "lora_alpha is 0 and alpha_pattern is not, which a GGUF adapter cannot have");
      const double factor = usual == 0 ? 1 : lora->scaling / usual;
      parts.push_back({name + ".lora_a", part_type(type, linear.in_features), &lora->a});
      parts.push_back({name + ".lora_b", part_type(type, lora->rank), &lora->b, reordered_heads(config, linear),
                       static_cast<float>(factor)});
    }
  }
  return parts;
}

}  // namespace

std::uint64_t gguf_adapter_bytes(const MergedModel& merged, ExportType type) {
  std::uint64_t total = 0;
  for (const Part& part : parts_of(merged, type))
    total += GgufTensor{part.name, part.type, part.values->shape}.num_bytes();
  return total;
}

AtomicFile write_gguf_adapter(const MergedModel& merged, ExportType type, const std::filesystem::path& path,
                              const Sinks& sinks) {
  GgufKeys keys;
  keys.add_text("general.architecture", gguf_architecture(merged.folder.config));
  keys.add_text("general.type", "adapter");
  keys.add_text("adapter.type", "lora");
  keys.add_text("general.name", merged.adapter.filename().string());
  keys.add_f32("adapter.lora.alpha", merged.adapter_weights->config().lora_alpha);
  keys.add_u32("general.quantization_version", 2);
  const std::vector<Part> parts = parts_of(merged, type);
  std::vector<GgufTensor> tensors;
  for (const Part& part : parts) {
    GgufTensor tensor{part.name, part.type, part.values->shape};
    tensor.produce = [&, part = &part](const WriteBytes& write) {
      sinks.stop.check("the export");
      std::vector<float> values = to_float32(*part->values, part->name);
      if (part->factor != 1)
        for (float& value : values) value *= part->factor;
      write_values(values.data(), part->values->shape[0], part->values->shape[1], part->name,
                   {part->type, part->rotary_heads}, write);
    };
    tensors.push_back(std::move(tensor));
  }
  return write_gguf(path, keys, tensors);
}

}  // namespace intelia
