#include "nn/weights.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "base/error.hpp"
#include "kernels/nf4.hpp"
#include "nn/memory.hpp"

namespace intelia::nn {

namespace {

at::ScalarType scalar_type(TensorType type, const std::string& name) {
  switch (type) {
    case TensorType::f32: return at::kFloat;
    case TensorType::f16: return at::kHalf;
    case TensorType::bf16: return at::kBFloat16;
    case TensorType::f64: return at::kDouble;
    default: break;
  }
  throw Error(Kind::input, "tensor '" + name + "' holds " + tensor_type_name(type) + ", a floating-point type was expected");
}

/** torch's own mean with one thread: its last bits depend on the number of threads, and bitsandbytes' offset on it. */
float mean_with_one_thread(const Tensor& values) {
  const int num_threads = at::get_num_threads();
  at::set_num_threads(1);
  const float mean = values.mean().item<float>();
  at::set_num_threads(num_threads);
  return mean;
}

/** Gives the pages of a view, now copied, back to the system: they would count as memory in use. */
void release(const TensorView& view) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(view.data) + page - 1) / page * page;
  const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(view.data) + view.size_bytes) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

PackedWeight to_device(PackedWeight weight, const at::Device& device) {
  weight.map = weight.map.to(device);
  weight.codes = weight.codes.to(device);
  weight.absmax_codes = weight.absmax_codes.to(device);
  weight.nested_absmax = weight.nested_absmax.to(device);
  return weight;
}

/** Whether the unpacked weights may stay in memory: they take at most half of what is free. */
bool fits_unpacked(const ModelConfig& config, const Placement& placement, const ModelSettings& settings) {
  const std::uint64_t needed = static_cast<std::uint64_t>(num_parameters(config)) * at::elementSize(placement.dtype);
  return needed < memory_limit(settings, placement.device) / 2;
}

}  // namespace

Tensor to_tensor(const TensorView& view) {
  Tensor tensor = at::empty(view.shape, scalar_type(view.type, "?"));
  std::memcpy(tensor.data_ptr(), view.data, view.size_bytes);
  return tensor;
}

PackedWeight pack(const Tensor& weight) {
  const Tensor values = weight.contiguous();
  const std::int64_t n = values.numel(), num_blocks = nf4::num_blocks(n);
  PackedWeight packed;
  packed.out_features = values.size(0);
  packed.in_features = values.size(1);
  packed.codes = at::empty({nf4::num_packed_bytes(n)}, values.options().dtype(at::kByte));
  packed.absmax_codes = at::empty({num_blocks}, packed.codes.options());
  packed.nested_absmax = at::empty({nf4::num_nested_blocks(n)}, values.options());
  packed.map = at::from_blob(const_cast<float*>(nf4::dynamic_map()), {256}, at::kFloat);
  if (values.is_meta()) return packed;
  Tensor absmax = at::empty({num_blocks}, at::kFloat);
  const float* source = values.const_data_ptr<float>();
  std::uint8_t* codes = packed.codes.data_ptr<std::uint8_t>();
  float* scales = absmax.data_ptr<float>();
  at::parallel_for(0, num_blocks, 1024, [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * nf4::kBlock;
    nf4::quantize(source + first, std::min(n, end * nf4::kBlock) - first, codes + first / 2, scales + begin);
  });
  packed.offset = mean_with_one_thread(absmax);
  nf4::quantize_absmax(scales, num_blocks, packed.offset, packed.absmax_codes.data_ptr<std::uint8_t>(),
                       packed.nested_absmax.data_ptr<float>());
  return packed;
}

namespace {

/** The model with its values, or (`is_outline`) in tensors of device meta. */
Llama build_model(const ModelSettings& settings, bool is_outline, Sinks sinks) {
  Llama model;
  model.config = read_model_config(settings.model);
  model.placement = choose_placement(settings);
  if (settings.threads > 0) at::set_num_threads(settings.threads);
  const ModelWeights weights(settings.model);
  const ModelConfig& config = model.config;
  const bool is_full = settings.method == Method::full;
  const auto held = is_full ? at::kFloat : model.placement.dtype;
  const bool keeps_unpacked = fits_unpacked(config, model.placement, settings);
  if (is_outline) model.placement.device = at::Device(at::kMeta);

  // A tensor of the file, in the precision that is held, on the CPU.
  const auto load = [&](const std::string& name, std::vector<std::int64_t> shape) {
    const TensorView& view = weights.at(name, shape);
    if (is_outline) return at::empty(shape, at::TensorOptions(held).device(at::kMeta));
    Tensor tensor = to_tensor(view).to(held);
    release(view);
    return tensor;
  };
  const auto place = [&](const Tensor& tensor) {
    return tensor.to(model.placement.device).set_requires_grad(is_full);
  };
  const std::int64_t hidden = config.hidden_size, vocabulary = config.vocab_size;
  model.embedding = place(load("model.embed_tokens.weight", {vocabulary, hidden}));
  model.final_norm = place(load("model.norm.weight", {hidden}));
  model.head = config.ties_embeddings ? model.embedding : place(load("lm_head.weight", {vocabulary, hidden}));

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
      *norms[i] = place(load(prefix + norm_shapes[i].path + ".weight", {norm_shapes[i].size}));
    const auto shapes = layer_linears(config);
    const auto linears = block.linears();
    for (std::size_t i = 0; i < linears.size(); ++i) {
      Linear& linear = *linears[i];
      linear.path = prefix + shapes[i].path;
      linear.number = ++number;
      const Tensor weight = load(linear.path + ".weight", {shapes[i].out_features, shapes[i].in_features});
      linear.is_quantized = settings.method == Method::qlora;
      if (!linear.is_quantized) {
        linear.weight = place(weight);
      } else {
        PackedWeight packed = pack(weight.to(at::kFloat));
        if (keeps_unpacked) linear.weight = unpack(packed, held).to(model.placement.device);
        else linear.packed = to_device(std::move(packed), model.placement.device);
      }
      if (shapes[i].has_bias) linear.bias = place(load(linear.path + ".bias", {shapes[i].out_features}));
    }
  }
  sinks.progress.finish();
  model.prepare_positions();
  return model;
}

}  // namespace

Llama load_model(const ModelSettings& settings, Sinks sinks) { return build_model(settings, /*is_outline=*/false, sinks); }

Llama outline_model(const ModelSettings& settings, Sinks sinks) { return build_model(settings, /*is_outline=*/true, sinks); }

std::vector<std::pair<std::string, Tensor*>> named_weights(Llama& model) {
  std::vector<std::pair<std::string, Tensor*>> list{{"model.embed_tokens.weight", &model.embedding}};
  for (std::size_t layer = 0; layer < model.blocks.size(); ++layer) {
    Block& block = model.blocks[layer];
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    const auto norm_shapes = layer_norms(model.config);
    const auto norms = block.norms(model.config);
    for (std::size_t i = 0; i < norms.size(); ++i) list.emplace_back(prefix + norm_shapes[i].path + ".weight", norms[i]);
    for (Linear* linear : block.linears()) {
      list.emplace_back(linear->path + ".weight", &linear->weight);
      if (linear->bias.defined()) list.emplace_back(linear->path + ".bias", &linear->bias);
    }
  }
  list.emplace_back("model.norm.weight", &model.final_norm);
  if (!model.config.ties_embeddings) list.emplace_back("lm_head.weight", &model.head);
  return list;
}

}  // namespace intelia::nn
