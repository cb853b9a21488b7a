#include "nn/weights.hpp"

#include <cstring>

#include "base/error.hpp"
#include "model/adapter.hpp"
#include "model/model_folder.hpp"
#include "model/quantized.hpp"
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
  throw Error(Kind::input, "tensor '" + name + "' is " + tensor_type_name(type) + "; expected a floating-point type");
}

/** A copy of the numbers of a file. */
Tensor copied(const TensorView& view, at::ScalarType type) {
  Tensor tensor = at::empty({static_cast<std::int64_t>(view.size_bytes / bytes_per_element(view.type))}, type);
  if (view.size_bytes > 0) std::memcpy(tensor.data_ptr(), view.data, view.size_bytes);
  return tensor;
}

/** The NF4 weight [out, in] = `shape` that a folder stores, on the CPU. */
Nf4Weight stored_nf4(const QuantizedView& view, const std::vector<std::int64_t>& shape) {
  Nf4Weight weight;
  weight.out_features = shape[0];
  weight.in_features = shape[1];
  weight.codes = copied(view.codes, at::kByte);
  if (view.is_nested) {
    weight.absmax_codes = copied(view.absmax, at::kByte);
    weight.nested_absmax = copied(view.nested_absmax, at::kFloat);
    weight.map = copied(view.nested_map, at::kFloat);
    weight.offset = view.offset;
  } else {
    weight.absmax = copied(view.absmax, at::kFloat);
  }
  release_pages(view.codes);
  return weight;
}

/** Whether to keep NF4 weights dequantized: they need at most half of the available memory. */
bool fits_dequantized(const ModelConfig& config, const Placement& placement, const ModelSettings& settings) {
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

/** Builds a decoder from a model folder: with its values, or (`is_outline`) on device meta. */
class ModelLoader {
 public:
  ModelLoader(const ModelSettings& settings, bool is_outline, Sinks sinks)
      : settings_(settings),
        is_outline_(is_outline),
        is_full_(settings.method == Method::full),
        sinks_(sinks),
        model_(without_weights(settings, sinks)),
        folder_(open_model_folder(settings.model)),
        weights_(folder_.weights),
        held_(is_full_ ? at::kFloat : model_.placement.dtype),
        keeps_dequantized_(fits_dequantized(model_.config, model_.placement, settings)) {}

  Decoder load() {
    check_files();
    if (settings_.threads > 0) at::set_num_threads(settings_.threads);
    if (is_outline_) model_.placement.device = at::Device(at::kMeta);
    const ModelConfig& config = model_.config;
    model_.embedding = load_weight("model.embed_tokens", {config.vocab_size, config.hidden_size});
    model_.final_norm = load_weight("model.norm", {config.hidden_size});
    model_.head = load_head();
    model_.blocks.resize(static_cast<std::size_t>(config.num_hidden_layers));
    for (std::size_t layer = 0; layer < model_.blocks.size(); ++layer) {
      sinks_.stop.check("loading the model");
      sinks_.progress.update({"layer", static_cast<std::int64_t>(layer), config.num_hidden_layers, "loading"});
      load_block(model_.blocks[layer], "model.layers." + std::to_string(layer) + ".");
    }
    sinks_.progress.finish();
    model_.prepare_positions();
    return std::move(model_);
  }

 private:
  using Shape = std::vector<std::int64_t>;

  /** Configuration and placement. */
  static Decoder without_weights(const ModelSettings& settings, const Sinks& sinks) {
    Decoder model;
    model.config = read_model_config(settings.model);
    model.placement = choose_placement(settings);
    if (model.placement.dtype == at::kHalf && model.placement.device.is_cpu())
      sinks.log.warning("fp16 is slow on a CPU and needs loss scaling; prefer fp32 or bf16");
    if (settings.method == Method::full) check_trainable(model.config, settings.model);
    return model;
  }

  /** Warns of what is ignored in the files. */
  void check_files() {
    report_model_folder(folder_, "ignored", sinks_.log);
    model_.config = folder_.config;
    if (!settings_.adapter.empty()) check_adapter_config();
    if (model_.config.quantization && settings_.method == Method::lora)
      sinks_.log.info("the weights are stored in NF4 and are used as they are: lora is the same as qlora here");
  }

  /** Warns of what is ignored in the adapter's configuration, as in PEFT. */
  void check_adapter_config() {
    const std::string file = (settings_.adapter / "adapter_config.json").string();
    const AdapterConfig config = read_adapter_config(settings_.adapter);
    for (const std::string& key : config.unknown_keys)
      sinks_.log.warning(file + ": unknown key " + key + " is ignored");
    for (const UnmatchedName& unmatched : unmatched_names(config, model_.config))
      sinks_.log.warning(file + ": " + unmatched.key + ": '" + unmatched.name +
                         "' matches no layer of the model and is ignored");
  }

  static Tensor outline(const Shape& shape, at::ScalarType type) {
    return at::empty(shape, at::TensorOptions(type).device(at::kMeta));
  }

  /** A tensor of the folder, on the CPU, in the type in which it is held. */
  Tensor load_tensor(const std::string& name, const Shape& shape) {
    const TensorView& view = weights_.at(name, shape);
    if (is_outline_) return outline(shape, held_);
    Tensor tensor = to_tensor(view, name).to(held_);
    release_pages(view);
    return tensor;
  }

  /** `tensor` on the device of the model, trained under full training. */
  Tensor place(const Tensor& tensor) { return tensor.to(model_.placement.device).set_requires_grad(is_full_); }

  Weight load_weight(const std::string& path, const Shape& shape) {
    return {path, place(load_tensor(path + ".weight", shape)), {}};
  }

  Nf4Weight load_stored_nf4(const std::string& name, const Shape& shape) {
    if (is_outline_)
      return quantize_nf4(outline(shape, at::kFloat), model_.config.quantization->uses_double_quantization);
    return stored_nf4(quantized_weight(weights_, name, shape), shape);
  }

  Weight load_head() {
    const ModelConfig& config = model_.config;
    const Shape shape{config.vocab_size, config.hidden_size};
    if (config.ties_embeddings) return {"lm_head", model_.embedding.base, {}};
    if (is_stored_quantized(config, "lm_head.weight"))
      return {"lm_head", place(dequantize(load_stored_nf4("lm_head.weight", shape), held_)), {}};
    return load_weight("lm_head", shape);
  }

  void load_block(Block& block, const std::string& prefix) {
    const ModelConfig& config = model_.config;
    block.has_joint_projections = config.has_joint_projections;
    const auto norm_shapes = layer_norms(config);
    const auto norms = block.norms(config);
    for (std::size_t i = 0; i < norms.size(); ++i)
      *norms[i] = load_weight(prefix + norm_shapes[i].path, {norm_shapes[i].size});
    const auto shapes = layer_linears(config);
    const auto linears = block.linears();
    for (std::size_t i = 0; i < linears.size(); ++i) load_linear(*linears[i], prefix, shapes[i]);
  }

  void load_linear(Linear& linear, const std::string& prefix, const LinearShape& form) {
    linear.path = prefix + form.path;
    linear.number = ++num_linears_;
    const std::string name = linear.path + ".weight";
    const Shape shape{form.out_features, form.in_features};
    const bool is_stored = is_stored_quantized(model_.config, name);
    linear.is_quantized = is_stored || (settings_.method == Method::qlora && !model_.config.quantization);
    if (!linear.is_quantized) {
      linear.weight = place(load_tensor(name, shape));
    } else {
      Nf4Weight quantized =
          is_stored ? load_stored_nf4(name, shape) : quantize_nf4(load_tensor(name, shape).to(at::kFloat));
      if (keeps_dequantized_)
        linear.weight = dequantize(quantized, held_).to(model_.placement.device);
      else
        linear.nf4 = to_device(std::move(quantized), model_.placement.device);
    }
    if (form.has_bias) linear.bias = place(load_tensor(linear.path + ".bias", {form.out_features}));
  }

  const ModelSettings& settings_;
  const bool is_outline_, is_full_;
  Sinks sinks_;
  Decoder model_;
  const ModelFolder folder_;
  const ModelWeights& weights_;
  const at::ScalarType held_;  // type of dense tensors
  const bool keeps_dequantized_;
  std::uint64_t num_linears_ = 0;
};

}  // namespace

Decoder load_model(const ModelSettings& settings, Sinks sinks) {
  return ModelLoader(settings, /*is_outline=*/false, sinks).load();
}

Decoder outline_model(const ModelSettings& settings, Sinks sinks) {
  return ModelLoader(settings, /*is_outline=*/true, sinks).load();
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
