// The recipe of `train sft`, from top to bottom: a model, an adapter, the loss of a micro-batch, the loop.
#include "nn/sft.hpp"

#include <fmt/format.h>

#include "nn/adapter.hpp"
#include "nn/scoring.hpp"
#include "nn/trainer.hpp"
#include "nn/weights.hpp"
#include "record/manifest.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

/** Sequences of an evaluation pass: no gradients are kept, so twice a training micro-batch fits. */
std::int64_t evaluation_batch(const SftSettings& settings) { return 2 * static_cast<std::int64_t>(settings.batch_size); }

double evaluation_loss(const Llama& model, const SampleSource& validation, std::int64_t batch_size, const Sinks& sinks) {
  SampleLoss total;
  for (std::int64_t begin = 0; begin < validation.size(); begin += batch_size) {
    sinks.stop.check("evaluation");
    std::vector<TokenSample> samples;
    for (std::int64_t i = begin; i < std::min(validation.size(), begin + batch_size); ++i) samples.push_back(validation.at(i));
    for (const SampleLoss& score : score_samples(model, samples, /*uses_adapter=*/true)) {
      total.loss_sum += score.loss_sum;
      total.num_targets += score.num_targets;
    }
  }
  return total.loss_sum / static_cast<double>(std::max<std::int64_t>(1, total.num_targets));
}

/** The whole model as a Hugging Face folder, in the precision it was given in. */
void write_full_model(Llama& model, const fs::path& source, const fs::path& folder) {
  const auto type = model.config.dtype == "bfloat16" ? at::kBFloat16 : model.config.dtype == "float16" ? at::kHalf : at::kFloat;
  std::vector<std::pair<std::string, Tensor>> tensors;
  for (const auto& [name, tensor] : named_weights(model)) tensors.emplace_back(name, tensor->detach().to(type));
  write_tensors(folder / "model.safetensors", tensors).commit();
  write_file(folder / "config.json", read_file(source / "config.json"), Privacy::shared);
}

}  // namespace

SftSummary train_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation, const Json& run,
                     Sinks sinks) {
  Llama model = load_model(settings.base, sinks);
  const at::Device device = model.placement.device;
  const bool is_full = settings.base.method == Method::full;

  // What is trained.
  std::vector<std::pair<std::string, Tensor>> parameters;
  if (is_full) {
    for (const auto& [name, tensor] : named_weights(model)) parameters.emplace_back(name, *tensor);
  } else {
    if (settings.base.adapter.empty()) add_adapter(model, settings.lora, settings.seed);
    else load_adapter(model, settings.base.adapter, settings.lora.dropout);
    parameters = adapter_tensors(model);
  }
  AdamW optimizer(parameters, settings.weight_decay);

  // The loss: the mean of −log p(target | what stands before it) over all targets of an update's window.
  Recipe recipe;
  recipe.loss_sum = [&](const std::vector<TokenSample>& samples, std::uint64_t seed) {
    const Supervised supervised = supervise(model, samples);
    const Pass pass{.is_training = true, .seed = seed};
    const Tensor hidden = model.hidden(supervised.batch, pass, supervised.rows);  // [S, D]
    return head_loss(hidden, model.head_of(pass), supervised.labels, model.config.logit_softcap);
  };
  if (validation != nullptr)
    recipe.evaluate = [&] { return evaluation_loss(model, *validation, evaluation_batch(settings), sinks); };
  recipe.write_model = [&](const fs::path& folder) {
    if (is_full) write_full_model(model, settings.base.model, folder);
    else write_adapter(model, folder, settings.base.model.string());
  };
  sinks.log.info(fmt::format("{} parameters, {} of them trained; {}", num_parameters(model.config),
                             [&] { std::int64_t n = 0; for (const auto& [name, p] : parameters) n += p.numel(); return n; }(),
                             model.placement.description()));
  return nn::train(recipe, optimizer, settings, train, device, /*scales_loss=*/model.placement.dtype == at::kHalf, run, sinks);
}

}  // namespace intelia::nn
