// The recipe of `train sft`, from top to bottom: a model, an adapter, the loss of a micro-batch, the loop.
#include "nn/sft.hpp"

#include <fmt/format.h>

#include <cmath>

#include "nn/adapter.hpp"
#include "nn/scoring.hpp"
#include "nn/suspects.hpp"
#include "nn/trainer.hpp"
#include "nn/weights.hpp"
#include "record/manifest.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

/** Sequences of an evaluation pass: no gradients are kept, so twice a training micro-batch fits. TRL's default is 8. */
std::int64_t evaluation_batch(const SftSettings& settings) {
  return settings.compat == Compat::trl ? 8 : 2 * static_cast<std::int64_t>(settings.batch_size);
}

/** Adapters in bf16, and with them their gradients and optimizer states; DoRA's magnitudes stay fp32, as in TRL. */
void round_to_bf16(const NamedTensors& adapter) {
  for (const auto& [name, tensor] : adapter)
    if (name.find("lora_magnitude_vector") == std::string::npos) tensor.set_data(tensor.detach().to(at::kBFloat16));
}

bool wants_bf16_adapter(const SftSettings& settings) {
  if (settings.adapter_type != AdapterType::automatic) return settings.adapter_type == AdapterType::bf16;
  return settings.compat == Compat::trl && settings.base.method == Method::qlora;
}

/**
 * The mean loss over the targets of `validation`. With `averages_batches`, TRL's way: each batch's mean, weighted by its
 * number of rows, which depends on the batch size. A loss that is no number is an error, with the batch written out.
 */
double evaluation_loss(const Llama& model, const SampleSource& validation, std::int64_t batch_size, bool averages_batches,
                       std::int64_t step, const fs::path& output, const Sinks& sinks) {
  double loss_sum = 0, weight = 0;
  for (std::int64_t begin = 0; begin < validation.size(); begin += batch_size) {
    sinks.stop.check("evaluation");
    NumberedSamples batch;
    for (std::int64_t i = begin; i < std::min(validation.size(), begin + batch_size); ++i) {
      batch.numbers.push_back(i);
      batch.samples.push_back(validation.at(i));
    }
    const std::vector<SampleLoss> scores = score_samples(model, batch.samples, /*uses_adapter=*/true);
    SampleLoss total;
    for (const SampleLoss& score : scores) {
      total.loss_sum += score.loss_sum;
      total.num_targets += score.num_targets;
    }
    if (!std::isfinite(total.loss_sum)) {
      const std::string what = fmt::format("the validation loss is {}", kind_of_no_number(total.loss_sum));
      throw Error(Kind::internal, fmt::format("step {}: {}; training stops, the last checkpoint is kept, {}; try a lower --learning-rate "
                                              "or another --precision", step, what, write_suspects(output, what, step, {batch}, {scores})));
    }
    const double num_targets = static_cast<double>(std::max<std::int64_t>(1, total.num_targets));
    const double num_rows = static_cast<double>(scores.size());
    loss_sum += averages_batches ? total.loss_sum / num_targets * num_rows : total.loss_sum;
    weight += averages_batches ? num_rows : static_cast<double>(total.num_targets);
  }
  return loss_sum / std::max(1.0, weight);
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
    if (wants_bf16_adapter(settings)) round_to_bf16(parameters);
  }
  const std::unique_ptr<Optimizer> optimizer = make_optimizer(settings.optimizer, parameters);

  // The loss: the mean of −log p(target | what stands before it) over all targets of an update's window.
  Recipe recipe;
  recipe.loss_sum = [&](const std::vector<TokenSample>& samples, std::uint64_t seed) {
    const Supervised supervised = supervise(model, samples);
    const Pass pass{.is_training = true, .seed = seed};
    const Tensor hidden = model.hidden(supervised.batch, pass, supervised.rows);  // [S, D]
    return head_loss(hidden, model.head_of(pass), supervised.labels, model.config.logit_softcap);
  };
  recipe.score = [&](const std::vector<TokenSample>& samples) { return score_samples(model, samples, /*uses_adapter=*/true); };
  if (validation != nullptr)
    recipe.evaluate = [&](std::int64_t step) {
      return evaluation_loss(model, *validation, evaluation_batch(settings), settings.compat == Compat::trl, step, settings.output,
                             sinks);
    };
  recipe.write_model = [&](const fs::path& folder) {
    if (is_full) write_full_model(model, settings.base.model, folder);
    else write_adapter(model, folder, settings.base.model.string());
  };
  sinks.log.info(fmt::format("{} parameters, {} of them trained; {}", num_parameters(model.config),
                             [&] { std::int64_t n = 0; for (const auto& [name, p] : parameters) n += p.numel(); return n; }(),
                             model.placement.description()));
  return nn::train(recipe, *optimizer, settings, train, device, /*scales_loss=*/model.placement.dtype == at::kHalf, run, sinks);
}

}  // namespace intelia::nn
