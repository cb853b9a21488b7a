#include "nn/adapter.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "model/adapter.hpp"
#include "nn/weights.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

std::string last_word(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/** Calls `work` for every linear layer that a target names. */
template <class Work>
void for_each_target(Llama& model, const std::vector<std::string>& targets, const Work& work) {
  std::set<std::string> unused(targets.begin(), targets.end());
  for (Block& block : model.blocks) {
    for (Linear* linear : block.linears()) {
      const std::string name = last_word(linear->path);
      if (std::find(targets.begin(), targets.end(), name) == targets.end()) continue;
      unused.erase(name);
      work(*linear);
    }
  }
  if (!unused.empty())
    throw Error(Kind::usage, "there is no linear layer '" + *unused.begin() +
                                 "' to adapt; a block has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj");
}

std::int64_t out_features(const Linear& linear) { return linear.packed ? linear.packed->out_features : linear.weight.size(0); }
std::int64_t in_features(const Linear& linear) { return linear.packed ? linear.packed->in_features : linear.weight.size(1); }

TensorType tensor_type(at::ScalarType type) {
  return type == at::kFloat ? TensorType::f32 : type == at::kBFloat16 ? TensorType::bf16 : TensorType::f16;
}

}  // namespace

std::vector<std::pair<std::string, Tensor>> adapter_tensors(Llama& model) {
  std::vector<std::pair<std::string, Tensor>> list;
  for (Block& block : model.blocks) {
    for (Linear* linear : block.linears()) {
      if (!linear->lora) continue;
      list.emplace_back("base_model.model." + linear->path + ".lora_A.weight", linear->lora->a);
      list.emplace_back("base_model.model." + linear->path + ".lora_B.weight", linear->lora->b);
    }
  }
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return list;
}

void add_adapter(Llama& model, const LoraSettings& settings, std::uint64_t seed) {
  auto generator = at::globalContext().defaultGenerator(at::kCPU).clone();
  generator.set_current_seed(seed);
  for_each_target(model, settings.targets, [&](Linear& linear) {
    const double bound = 1 / std::sqrt(static_cast<double>(in_features(linear)));
    Lora lora;
    lora.a = at::empty({settings.r, in_features(linear)}, at::kFloat).uniform_(-bound, bound, generator).to(model.placement.device);
    lora.b = at::zeros({out_features(linear), settings.r}, lora.a.options());
    lora.a.set_requires_grad(true);
    lora.b.set_requires_grad(true);
    lora.scaling = settings.alpha / settings.r;
    lora.dropout = settings.dropout;
    linear.lora = std::move(lora);
  });
}

void load_adapter(Llama& model, const fs::path& folder, double dropout) {
  const AdapterConfig config = read_adapter_config(folder);
  const fs::path path = folder / "adapter_model.safetensors";
  if (!fs::exists(path))
    throw Error(Kind::input, "'" + folder.string() + "' holds no adapter_model.safetensors; it is no PEFT adapter folder");
  const SafetensorsFile file(path);
  std::size_t num_used = 0;
  with_context("adapter '" + folder.string() + "' does not fit the model", [&] {
    for_each_target(model, config.targets, [&](Linear& linear) {
      const auto take = [&](const char* part, std::vector<std::int64_t> shape) {
        const std::string name = "base_model.model." + linear.path + "." + part + ".weight";
        const auto found = file.tensors().find(name);
        if (found == file.tensors().end()) throw Error(Kind::input, "tensor '" + name + "' is missing");
        if (found->second.shape != shape) throw Error(Kind::input, "tensor '" + name + "' has another shape");
        ++num_used;
        return to_tensor(found->second).to(at::kFloat).to(model.placement.device).set_requires_grad(true);
      };
      Lora lora;
      lora.a = take("lora_A", {config.r, in_features(linear)});
      lora.b = take("lora_B", {out_features(linear), config.r});
      lora.scaling = lora_scaling(config);
      lora.dropout = dropout < 0 ? config.lora_dropout : dropout;
      linear.lora = std::move(lora);
    });
    if (num_used != file.tensors().size())
      throw Error(Kind::input, std::to_string(file.tensors().size() - num_used) + " tensors of it have no place in the model");
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
    if (found == file.tensors().end() || found->second.shape != tensor.sizes().vec())
      throw Error(Kind::input, "'" + path.string() + "' lacks tensor '" + name + "' of the expected shape");
    Tensor(tensor.detach()).copy_(to_tensor(found->second));
  }
}

void write_adapter(Llama& model, const fs::path& folder, const std::string& base_model) {
  AdapterConfig config;
  config.base_model = base_model;
  std::set<std::string> targets;
  for (Block& block : model.blocks) {
    for (Linear* linear : block.linears()) {
      if (!linear->lora) continue;
      targets.insert(last_word(linear->path));
      config.r = static_cast<int>(linear->lora->a.size(0));
      config.lora_alpha = linear->lora->scaling * config.r;
      config.lora_dropout = linear->lora->dropout;
    }
  }
  config.targets.assign(targets.begin(), targets.end());
  AtomicFile weights = write_tensors(folder / "adapter_model.safetensors", adapter_tensors(model));
  weights.commit();
  write_file(folder / "adapter_config.json", adapter_config_json(config).dump(2) + "\n", Privacy::shared);
}

}  // namespace intelia::nn
