#include "nn/adapter.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/path.hpp"
#include "model/adapter.hpp"
#include "model/module_pattern.hpp"
#include "nn/weights.hpp"
#include "record/json.hpp"
#include "record/json_text.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

constexpr const char* kPrefix = "base_model.model.";

std::string names_of_linears(const ModelConfig& config) {
  std::string names;
  for (const LinearShape& linear : layer_linears(config)) names += (names.empty() ? "" : ", ") + linear.name;
  return names;
}

std::string targets_text(const AdapterConfig& config) {
  std::string text = config.targets.pattern.value_or("");
  for (const std::string& name : config.targets.names) text += (text.empty() ? "" : ", ") + name;
  return text.substr(0, 200);
}

/** Every linear layer that the configuration targets; Error{fault} when there is none. */
std::vector<Linear*> targets_of(Decoder& model, const AdapterConfig& config, Kind fault) {
  std::vector<Linear*> found;
  for (Block& block : model.blocks)
    for (Linear* linear : block.linears())
      if (is_target(config, linear->path)) found.push_back(linear);
  if (!found.empty()) return found;
  throw Error(fault, "there is no linear layer that the adapter's targets (" + targets_text(config) +
                         ") cover; a block has " + names_of_linears(model.config));
}

/** Error{usage} when a target or a pattern of the settings matches no layer: that is a typing error. */
void check_names(const AdapterConfig& config, const ModelConfig& model) {
  for (const UnmatchedName& unmatched : unmatched_names(config, model)) {
    if (unmatched.key == "target_modules")
      throw Error(Kind::usage,
                  "there is no linear layer '" + unmatched.name + "' to adapt; a block has " + names_of_linears(model));
    throw Error(Kind::usage, "`" + unmatched.key + "`: '" + unmatched.name + "' matches none of the adapted layers (" +
                                 targets_text(config) + ")");
  }
}

/** Whether `name` is the end of the path of a linear layer, or of a module that contains some. */
bool is_other_module(Decoder& model, const std::string& name) {
  for (Block& block : model.blocks)
    for (const Linear* linear : block.linears())
      for (std::string path = kPrefix + linear->path; path.find('.') != std::string::npos;
           path.resize(path.find_last_of('.')))
        if (path.ends_with(name)) return true;
  return false;
}

/** Subtracts scaling·B·A of the initial adapter from the base, and keeps A and B. */
void subtract_from_base(Linear& linear, const Tensor& a, const Tensor& b) {
  Lora& lora = *linear.lora;
  lora.start_a = a.clone();
  lora.start_b = b.clone();
  linear.weight = (linear.values() - lora.scaling * at::matmul(b, a)).to(linear.weight.scalar_type());
}

/** Initialization of PiSSA or OLoRA as in PEFT (tuners/lora/layer.py); the base keeps the residual. */
void start_from_base(Linear& linear, const std::string& kind, int r) {
  const Tensor w = linear.values();  // [out, in]
  if (r > std::min(w.size(0), w.size(1)))
    throw Error(Kind::usage, "'" + linear.path + "' has no rank of " + std::to_string(r) + "; use a smaller `lora_r`");
  Tensor a, b;
  if (kind == "pissa") {
    const auto [u, sigma, vt] = at::linalg_svd(w, /*full_matrices=*/false);     // [out, k], [k], [k, in]
    const Tensor root = (sigma.narrow(0, 0, r) / linear.lora->scaling).sqrt();  // [R]
    a = root.unsqueeze(1) * vt.narrow(0, 0, r);
    b = u.narrow(1, 0, r) * root;
  } else {
    const auto [q, upper] = at::linalg_qr(w);  // [out, k], [k, in]
    a = upper.narrow(0, 0, r).contiguous();
    b = q.narrow(1, 0, r).contiguous();
  }
  linear.lora->a = a.contiguous();
  linear.lora->b = b.contiguous();
  subtract_from_base(linear, linear.lora->a, linear.lora->b);
}

/** The tensor `name` of an adapter's file; Error{input} when it is missing or of another shape. */
const TensorView& check_tensor(const SafetensorsFile& file, const std::string& name,
                               const std::vector<std::int64_t>& shape) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end()) throw Error(Kind::input, "tensor '" + name + "' is missing");
  if (found->second.shape != shape) throw Error(Kind::input, "tensor '" + name + "' has another shape");
  return found->second;
}

TensorType tensor_type(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return TensorType::f32;
    case at::kBFloat16:
      return TensorType::bf16;
    case at::kHalf:
      return TensorType::f16;
    case at::kByte:
      return TensorType::u8;
    default:
      throw Error(Kind::internal, "[write_tensors] unsupported type");
  }
}

/** Parses "PATTERN=NUMBER". */
template <class Number>
std::vector<std::pair<std::string, Number>> patterns_of(const char* setting, const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, Number>> patterns;
  for (const std::string& word : words) {
    const std::size_t equals = std::min(word.rfind('='), word.size());
    Number number = 0;
    const char* end = word.data() + word.size();
    const auto [rest, status] = std::from_chars(std::min(word.data() + equals + 1, end), end, number);
    if (equals == 0 || rest != end || status != std::errc{} || !(number > 0 && number <= 65536))
      throw Error(Kind::usage,
                  "`" + std::string(setting) + "`: expected PATTERN=NUMBER such as down_proj=8, got '" + word + "'");
    const std::string pattern = word.substr(0, equals);
    check_pattern(pattern);
    if (std::any_of(patterns.begin(), patterns.end(), [&](const auto& other) { return other.first == pattern; }))
      throw Error(Kind::usage, "`" + std::string(setting) + "`: '" + pattern + "' is given twice");
    patterns.emplace_back(pattern, number);
  }
  return patterns;
}

/** The adapter configuration that `settings` give for a model. */
AdapterConfig adapter_config(const ModelConfig& model, const LoraSettings& settings) {
  AdapterConfig config;
  config.r = settings.r;
  config.lora_alpha = settings.alpha;
  config.lora_dropout = settings.dropout;
  config.uses_rslora = settings.uses_rslora;
  config.uses_dora = settings.uses_dora;
  config.mutated_init = settings.init == LoraInit::pissa ? "pissa" : settings.init == LoraInit::olora ? "olora" : "";
  config.targets.names = target_names(model, settings.targets);
  config.rank_pattern = patterns_of<int>("rank_pattern", settings.rank_pattern);
  config.alpha_pattern = patterns_of<double>("alpha_pattern", settings.alpha_pattern);
  config.modules_to_save = settings.modules_to_save;
  config.ensures_weight_tying = settings.ensures_weight_tying;
  if (config.uses_dora && !config.mutated_init.empty())
    throw Error(Kind::usage, "`dora` with `lora_init` " + config.mutated_init + " is not supported; use one of them");
  return config;
}

/**
 * Trains copies of the embedding, the head and the norms whose path ends with a name of modules_to_save, as PEFT does:
 * a tied head stays the base's when only the embedding is named, and becomes a separate tensor when both are, unless
 * the configuration ties them. Error{fault} for a name that matches none of them.
 */
void train_in_full(Decoder& model, const AdapterConfig& config, Kind fault) {
  std::set<std::string> unused(config.modules_to_save.begin(), config.modules_to_save.end());
  for (Weight* weight : model.weights()) {
    for (const std::string& name : config.modules_to_save) {
      if (name.empty() || !(kPrefix + weight->path).ends_with(name)) continue;
      unused.erase(name);
      weight->trained =
          weight->base.detach().to(at::kFloat, /*non_blocking=*/false, /*copy=*/true).set_requires_grad(true);
    }
  }
  // PEFT ignores names that the model lacks, which a file may have.
  const bool has_some = std::any_of(config.modules_to_save.begin(), config.modules_to_save.end(),
                                    [&](const std::string& name) { return !unused.contains(name); });
  if (fault == Kind::input && has_some)
    std::erase_if(unused, [&](const std::string& name) { return !name.empty() && !is_other_module(model, name); });
  if (!unused.empty())
    throw Error(fault, "modules_to_save: '" + *unused.begin() +
                           "' cannot be trained beside an adapter; supported are "
                           "embed_tokens, lm_head and norms (norm for all of them, or such as input_layernorm)");
  Tensor &embedding = model.embedding.trained, &head = model.head.trained;
  if (!config.ensures_weight_tying || !model.config.ties_embeddings || (!embedding.defined() && !head.defined()))
    return;
  if (!embedding.defined()) embedding = head;
  head = embedding;
}

/** Adds an adapter to every target; `make` creates A, B and the magnitude of one, whose scaling and dropout are set.
   `fault`: the kind of error for targets that the model does not have. */
void attach(Decoder& model, const AdapterConfig& config, double dropout, Kind fault,
            const std::function<void(Linear& linear, int r)>& make) {
  for (Linear* linear : targets_of(model, config, fault)) {
    if (linear->is_quantized && !config.mutated_init.empty())
      throw Error(Kind::usage, "an adapter that starts from the base's weights (" + config.mutated_init +
                                   ") needs them unquantized: use `method` lora");
    linear->lora.emplace();
    linear->lora->scaling = lora_scaling(config, linear->path);
    linear->lora->dropout = dropout;
    make(*linear, lora_rank(config, linear->path));
    for (Tensor* tensor : {&linear->lora->a, &linear->lora->b, &linear->lora->magnitude})
      if (tensor->defined()) tensor->set_requires_grad(true);
  }
  train_in_full(model, config, fault);
  model.adapter = config;
}

}  // namespace

std::vector<std::pair<std::string, Tensor>> adapter_tensors(Decoder& model) {
  std::vector<std::pair<std::string, Tensor>> list;
  for (Block& block : model.blocks) {
    for (Linear* linear : block.linears()) {
      if (!linear->lora) continue;
      const std::string path = kPrefix + linear->path;
      list.emplace_back(path + ".lora_A.weight", linear->lora->a);
      list.emplace_back(path + ".lora_B.weight", linear->lora->b);
      if (linear->lora->magnitude.defined())
        list.emplace_back(path + ".lora_magnitude_vector", linear->lora->magnitude);
    }
  }
  for (const Weight* weight : model.weights()) {
    const bool is_tied = weight == &model.head && weight->trained.is_same(model.embedding.trained);
    if (weight->trained.defined() && !is_tied) list.emplace_back(kPrefix + weight->path + ".weight", weight->trained);
  }
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return list;
}

namespace {

/** Whether the adapter trains embedding and head as one tensor. */
bool trains_tied_head(const Decoder& model) {
  return model.head.trained.defined() && model.head.trained.is_same(model.embedding.trained);
}

/** The tensors of the adapter's file: a tied head appears again under its own name, as PEFT writes it. */
std::vector<std::pair<std::string, Tensor>> file_tensors(Decoder& model) {
  auto list = adapter_tensors(model);
  if (trains_tied_head(model)) list.emplace(list.begin(), kPrefix + model.head.path + ".weight", model.head.trained);
  return list;
}

}  // namespace

void add_adapter(Decoder& model, const LoraSettings& settings, std::uint64_t seed) {
  const AdapterConfig config = adapter_config(model.config, settings);
  check_names(config, model.config);
  auto generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed);
  attach(model, config, settings.dropout, Kind::usage, [&](Linear& linear, int r) {
    Lora& lora = *linear.lora;
    const double bound = 1 / std::sqrt(static_cast<double>(linear.in_features()));
    lora.a = at::empty({r, linear.in_features()}, at::kFloat);
    if (settings.init == LoraInit::gaussian)
      lora.a.normal_(0, 1.0 / r, generator);
    else
      lora.a.uniform_(-bound, bound, generator);
    lora.a = lora.a.to(model.placement.device);
    lora.b = at::zeros({linear.out_features(), r}, lora.a.options());
    if (!config.mutated_init.empty()) start_from_base(linear, config.mutated_init, r);
    if (config.uses_dora) lora.magnitude = linear.direction_norms();
  });
}

void load_adapter(Decoder& model, const fs::path& folder, double dropout) {
  const AdapterConfig config = read_adapter_config(folder);
  const fs::path path = folder / "adapter_model.safetensors";
  if (path_type(path) == PathType::missing)
    throw Error(Kind::input,
                "'" + folder.string() + "' has no adapter_model.safetensors; it is not a PEFT adapter folder");
  const SafetensorsFile file(path);
  with_context("adapter '" + folder.string() + "' does not fit the model", [&] {
    attach(model, config, dropout < 0 ? config.lora_dropout : dropout, Kind::input, [&](Linear& linear, int r) {
      Lora& lora = *linear.lora;
      // Before it is allocated: r is what the file claims.
      const std::string name = kPrefix + linear.path + ".lora_A.weight";
      check_tensor(file, name, {r, linear.in_features()});
      if (!config.mutated_init.empty())
        start_from_base(linear, config.mutated_init, r);  // the residual that it was trained on
      lora.a = at::empty({r, linear.in_features()}, at::TensorOptions(at::kFloat).device(model.placement.device));
      lora.b = at::empty({linear.out_features(), r}, lora.a.options());
      if (config.uses_dora) lora.magnitude = at::empty({linear.out_features()}, lora.a.options());
    });
    const auto tensors = file_tensors(model);
    for (const auto& [name, tensor] : tensors) {
      Tensor(tensor.detach()).copy_(to_tensor(check_tensor(file, name, tensor.sizes().vec()), name));
    }
    if (trains_tied_head(model)) {
      const TensorView &head = file.tensors().at(kPrefix + model.head.path + ".weight"),
                       &embedding = file.tensors().at(kPrefix + model.embedding.path + ".weight");
      if (head.size_bytes != embedding.size_bytes || std::memcmp(head.data, embedding.data, head.size_bytes) != 0)
        throw Error(Kind::input,
                    "its lm_head differs from its embed_tokens, although ensure_weight_tying requires the same tensor");
    }
    if (tensors.size() != file.tensors().size())
      throw Error(Kind::input, std::to_string(file.tensors().size() - tensors.size()) +
                                   " of its tensors do not belong to the model");
  });
}

AtomicFile write_tensors(const fs::path& path, const std::vector<std::pair<std::string, Tensor>>& tensors) {
  std::vector<TensorToWrite> list;
  for (const auto& [name, tensor] : tensors) {
    TensorToWrite item{name, tensor_type(tensor.scalar_type()), tensor.sizes().vec(), {}};
    item.produce = [tensor = tensor](const auto& write) {
      const Tensor values = tensor.detach().to(at::kCPU).contiguous();
      write(values.const_data_ptr(), values.nbytes());
    };
    list.push_back(std::move(item));
  }
  return write_safetensors(path, list);
}

void read_tensors(const fs::path& path, const std::vector<std::pair<std::string, Tensor>>& tensors) {
  const SafetensorsFile file(path);
  for (const auto& [name, tensor] : tensors) {
    const auto found = file.tensors().find(name);
    if (found == file.tensors().end() || found->second.shape != tensor.sizes().vec() ||
        found->second.type != tensor_type(tensor.scalar_type()))
      throw Error(Kind::input, "'" + path.string() + "' has no tensor '" + name + "' of the expected shape and type");
    const Tensor values = at::empty(tensor.sizes(), tensor.scalar_type());
    std::memcpy(values.mutable_data_ptr(), found->second.data, values.nbytes());
    Tensor(tensor.detach()).copy_(values);
  }
}

void write_adapter(Decoder& model, const fs::path& folder, const std::string& base_model) {
  AdapterConfig config = *model.adapter;
  config.base_model = base_model;
  auto tensors = file_tensors(model);
  if (!config.mutated_init.empty()) {
    // W_residual + s·B·A = W + s·(B·A − B₀·A₀): a LoRA of twice the rank on the unchanged base.
    std::map<std::string, Tensor> by_name(tensors.begin(), tensors.end());
    for (Linear* linear : targets_of(model, config, Kind::usage)) {
      Tensor &a = by_name.at(kPrefix + linear->path + ".lora_A.weight"),
             &b = by_name.at(kPrefix + linear->path + ".lora_B.weight");
      a = at::cat({a, linear->lora->start_a}, 0);
      b = at::cat({b, -linear->lora->start_b}, 1);
    }
    tensors.assign(by_name.begin(), by_name.end());
    const double factor = config.uses_rslora ? std::sqrt(2.0) : 2;  // keeps the scaling
    config.r *= 2;
    config.lora_alpha *= factor;
    for (auto& [pattern, rank] : config.rank_pattern) rank *= 2;
    for (auto& [pattern, alpha] : config.alpha_pattern) alpha *= factor;
    config.mutated_init.clear();
  }
  write_tensors(folder / "adapter_model.safetensors", tensors).commit();
  write_file(folder / "adapter_config.json", json_text(adapter_config_json(config), 2) + "\n");
}

}  // namespace intelia::nn
