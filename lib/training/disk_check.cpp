#include "training/disk_check.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "model/adapter.hpp"

namespace intelia {

namespace {

constexpr std::uint64_t kBytesOfNumber = 4;                    // parameters and states are fp32, or less
constexpr std::uint64_t kOtherBytes = std::uint64_t{1} << 20;  // metrics, manifests, headers

std::uint64_t num_adapter_parameters(const ModelConfig& model, const LoraSettings& lora) {
  const std::vector<std::string> targets = target_names(model, lora.targets);
  std::uint64_t count = 0;
  for (const LinearShape& linear : layer_linears(model))
    if (std::find(targets.begin(), targets.end(), linear.name) != targets.end())
      count +=
          static_cast<std::uint64_t>(lora.r) * static_cast<std::uint64_t>(linear.in_features + linear.out_features);
  count *= static_cast<std::uint64_t>(model.num_hidden_layers);
  const auto vocabulary = static_cast<std::uint64_t>(model.vocab_size) * static_cast<std::uint64_t>(model.hidden_size);
  for (const std::string& name : lora.modules_to_save)
    if (name.ends_with("embed_tokens") || name.ends_with("lm_head")) count += vocabulary;
  return count;
}

}  // namespace

std::uint64_t training_disk_bytes(const ModelConfig& model, const TrainingSettings& settings, std::int64_t steps) {
  const bool is_full = settings.base.method == Method::full;
  const std::uint64_t parameters =
      is_full ? static_cast<std::uint64_t>(num_parameters(model)) : num_adapter_parameters(model, settings.lora);
  const std::uint64_t result = parameters * kBytesOfNumber;
  const std::uint64_t states = settings.optimizer.kind == OptimizerKind::adamw ? 2 : 1;
  const std::uint64_t checkpoint = parameters * kBytesOfNumber * (1 + states + 1) + result;
  // The newest ones, the best, and the one that is being written.
  const std::int64_t all = settings.save_every > 0 ? (steps + settings.save_every - 1) / settings.save_every : 1;
  const auto kept = static_cast<std::uint64_t>(std::min<std::int64_t>(all, settings.keep + 2));
  return kept * checkpoint + result + kOtherBytes;
}

void check_training_disk(const ModelConfig& model, const TrainingSettings& settings, std::int64_t steps) {
  const std::string shortage =
      disk_shortage(settings.output, training_disk_bytes(model, settings, steps), "checkpoints and result need about");
  if (!shortage.empty())
    throw Error(Kind::io, shortage + "; free some space, or keep fewer checkpoints (`keep`, `save_every`)");
}

}  // namespace intelia
