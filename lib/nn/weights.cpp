#include "nn/weights.hpp"

#include <cstring>

#include "base/error.hpp"
#include "model/adapter.hpp"
#include "nn/memory.hpp"

namespace intelia::nn {

namespace {

at::ScalarType scalar_type(TensorType type, const std::string& name) {
  switch (type) {
    case TensorType::f32:
      return at::kFloat;
    case TensorType::f16:
      return at::kHalf;
    case TensorType::bf16:
      return at::kBFloat16;
    case TensorType::f64:
      return at::kDouble;
    default:
      break;
  }
  throw Error(Kind::input,
              "tensor '" + name + "' holds " + tensor_type_name(type) + ", a floating-point type was expected");
}

/** Whether the unpacked weights may stay in memory: they take at most half of what is free. */
bool fits_unpacked(const ModelConfig& config, const Placement& placement, const ModelSettings& settings) {
  const std::uint64_t needed = static_cast<std::uint64_t>(num_parameters(config)) * at::elementSize(placement.dtype);
  return needed < memory_limit(settings, placement.device) / 2;
}

}  // namespace

Tensor to_tensor(const TensorView& view, const std::string& name) {
  Tensor tensor = at::empty(view.shape, scalar_type(view.type, name));
  std::memcpy(tensor.data_ptr(), view.data, view.size_bytes);
  return tensor;
}

namespace {

/** The model with its values, or (`is_outline`) in tensors of device meta. */
Decoder build_model(const ModelSettings& settings, bool is_outline, Sinks sinks) {
  Decoder model;
  model.config = read_model_config(settings.model);
  model.placement = choose_placement(settings);
  if (model.placement.dtype == at::kHalf && model.placement.device.is_cpu())
    sinks.log.warning("--precision fp16 is slow on a CPU, and needs its loss scaled; fp32 or bf16 are the ones for it");
  if (settings.threads > 0) at::set_num_threads(settings.threads);
  const ModelConfig& config = model.config;
  if (settings.method == Method::full) check_trainable(config, settings.model);
  const ModelWeights weights(settings.model);
  for (const std::string& oddity : weights.oddities()) sinks.log.warning(oddity);
  check_weights(weights, config);
  if (!settings.adapter.empty()) {
    for (const std::string& key : read_adapter_config(settings.adapter).unknown_keys)
      sinks.log.warning((settings.adapter / "adapter_config.json").string() + ": " + key +
                        " is no key of PEFT's, and is passed over");
  }
  const bool is_full = settings.method == Method::full;
  const auto held = is_full ? at::kFloat : model.placement.dtype;
  const bool keeps_unpacked = fits_unpacked(config, model.placement, settings);
  if (is_outline) model.placement.device = at::Device(at::kMeta);

  const auto outline = [&](const std::vector<std::int64_t>& shape, at::ScalarType type) {
    return at::empty(shape, at::TensorOptions(type).device(at::kMeta));
  };

  // A tensor of the file, in the precision that is held, on the CPU.
  const auto load = [&](const std::string& name, std::vector<std::int64_t> shape) -> Tensor {
    const TensorView& view = weights.at(name, shape);
    if (is_outline) return outline(shape, held);
    Tensor tensor = to_tensor(view, name).to(held);
    release_pages(view);
    return tensor;
  };
  const auto place = [&](const Tensor& tensor) { return tensor.to(model.placement.device).set_requires_grad(is_full); };
  const std::int64_t hidden = config.hidden_size, vocabulary = config.vocab_size;
  const auto load_weight = [&](const std::string& path, const std::vector<std::int64_t>& shape) {
    return Weight{path, place(load(path + ".weight", shape)), {}};
  };
  model.embedding = load_weight("model.embed_tokens", {vocabulary, hidden});
  model.final_norm = load_weight("model.norm", {hidden});
  const auto stored = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
    if (is_outline) return pack(outline(shape, at::kFloat), config.quantization->uses_double_quantization);
    return to_packed(quantized_weight(weights, name, shape), shape);
  };
  if (config.ties_embeddings)
    model.head = {"lm_head", model.embedding.base, {}};
  else if (is_stored_quantized(config, "lm_head.weight"))
    model.head = {"lm_head", place(unpack(stored("lm_head.weight", {vocabulary, hidden}), held)), {}};
  else
    model.head = load_weight("lm_head", {vocabulary, hidden});
  if (config.quantization && settings.method == Method::lora)
    sinks.log.info("the weights are stored in NF4 and stay so: --method lora is the same as qlora here");

  model.blocks.resize(static_cast<std::size_t>(config.num_hidden_layers));
  std::uint64_t number = 0;
  for (std::size_t layer = 0; layer < model.blocks.size(); ++layer) {
    sinks.stop.check("loading the model");
    sinks.progress.update({"layer", static_cast<std::int64_t>(layer), config.num_hidden_layers, "loading"});
    Block& block = model.blocks[layer];
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    block.has_joint_projections = config.has_joint_projections;
    const auto norm_shapes = layer_norms(config);
    const auto norms = block.norms(config);
    for (std::size_t i = 0; i < norms.size(); ++i)
      *norms[i] = load_weight(prefix + norm_shapes[i].path, {norm_shapes[i].size});
    const auto shapes = layer_linears(config);
    const auto linears = block.linears();
    for (std::size_t i = 0; i < linears.size(); ++i) {
      Linear& linear = *linears[i];
      linear.path = prefix + shapes[i].path;
      linear.number = ++number;
      const std::string name = linear.path + ".weight";
      const std::vector<std::int64_t> shape{shapes[i].out_features, shapes[i].in_features};
      const bool is_stored = is_stored_quantized(config, name);
      linear.is_quantized = is_stored || (settings.method == Method::qlora && !config.quantization);
      if (linear.is_quantized) {
        PackedWeight packed = is_stored ? stored(name, shape) : pack(load(name, shape).to(at::kFloat));
        if (keeps_unpacked)
          linear.weight = unpack(packed, held).to(model.placement.device);
        else
          linear.packed = to_device(std::move(packed), model.placement.device);
      } else {
        linear.weight = place(load(name, shape));
      }
      if (shapes[i].has_bias) linear.bias = place(load(linear.path + ".bias", {shapes[i].out_features}));
    }
  }
  sinks.progress.finish();
  model.prepare_positions();
  return model;
}

}  // namespace

Decoder load_model(const ModelSettings& settings, Sinks sinks) {
  return build_model(settings, /*is_outline=*/false, sinks);
}

Decoder outline_model(const ModelSettings& settings, Sinks sinks) {
  return build_model(settings, /*is_outline=*/true, sinks);
}

std::vector<std::pair<std::string, Tensor*>> named_weights(Decoder& model) {
  std::vector<std::pair<std::string, Tensor*>> list{{"model.embed_tokens.weight", &model.embedding.base}};
  for (Block& block : model.blocks) {
    for (Weight* norm : block.norms(model.config)) list.emplace_back(norm->path + ".weight", &norm->base);
    for (Linear* linear : block.linears()) {
      list.emplace_back(linear->path + ".weight", &linear->weight);
      if (linear->bias.defined()) list.emplace_back(linear->path + ".bias", &linear->bias);
    }
  }
  list.emplace_back("model.norm.weight", &model.final_norm.base);
  if (!model.config.ties_embeddings) list.emplace_back("lm_head.weight", &model.head.base);
  return list;
}

}  // namespace intelia::nn
