// The recipe of `train sft`, from top to bottom: a model, an adapter, the loss of a micro-batch, the loop.
#include "nn/sft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/schedule.hpp"
#include "nn/adapter.hpp"
#include "nn/generate.hpp"
#include "nn/memory.hpp"
#include "nn/plan.hpp"
#include "nn/scoring.hpp"
#include "nn/suspects.hpp"
#include "nn/trainer.hpp"
#include "nn/weights.hpp"
#include "record/manifest.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

namespace {

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
 * The mean loss over the targets of `validation`. With `averages_batches`, TRL's way: each batch's mean, weighted by
 * its number of rows, which depends on the batch size. A loss that is no number is an error, with the batch written
 * out.
 */
double evaluation_loss(const Decoder& model, const SampleSource& validation, std::int64_t batch_size,
                       bool averages_batches, std::int64_t step, const fs::path& output, const Sinks& sinks) {
  double loss_sum = 0, divisor = 0;
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
      total.weight += score.weight;
    }
    if (!std::isfinite(total.loss_sum)) {
      const std::string what = fmt::format("the validation loss is {}", kind_of_no_number(total.loss_sum));
      throw Error(
          Kind::internal,
          fmt::format("step {}: {}; training stops, the last checkpoint is kept, {}; try a lower --learning-rate "
                      "or another --precision",
                      step, what, write_suspects(output, what, step, {batch}, {scores})));
    }
    const double num_rows = static_cast<double>(scores.size());
    loss_sum += averages_batches ? total.loss_sum / divisor_of(total.weight) * num_rows : total.loss_sum;
    divisor += averages_batches ? num_rows : total.weight;
  }
  return loss_sum / divisor_of(divisor);
}

/** The whole model as a Hugging Face folder, in the precision it was given in. */
void write_full_model(Decoder& model, const fs::path& source, const fs::path& folder) {
  const auto type = model.config.dtype == "bfloat16"  ? at::kBFloat16
                    : model.config.dtype == "float16" ? at::kHalf
                                                      : at::kFloat;
  std::vector<std::pair<std::string, Tensor>> tensors;
  for (const auto& [name, tensor] : named_weights(model)) tensors.emplace_back(name, tensor->detach().to(type));
  write_tensors(folder / "model.safetensors", tensors).commit();
  write_file(folder / "config.json", read_file(source / "config.json"), Privacy::shared);
}

/** What is trained and how, from the model to the loss: all of the recipe but the data and the loop. */
class SftTraining {
 public:
  SftTraining(const SftSettings& settings, Decoder loaded)
      : model(std::move(loaded)), model_bytes(live_bytes(model.placement.device)) {
    const bool is_full = settings.base.method == Method::full;
    if (is_full) {
      for (const auto& [name, tensor] : named_weights(model)) parameters.emplace_back(name, *tensor);
    } else {
      if (settings.base.adapter.empty())
        add_adapter(model, settings.lora, settings.seed);
      else
        load_adapter(model, settings.base.adapter, settings.lora.dropout);
      parameters = adapter_tensors(model);
      if (wants_bf16_adapter(settings)) round_to_bf16(parameters);
    }

    // The loss: the mean of −log p(target | what stands before it) over all targets of an update's window, each by its
    // weight.
    recipe.loss_sum = [this, alpha = settings.neftune_alpha](const std::vector<TokenSample>& samples,
                                                             std::uint64_t seed) {
      const Supervised supervised = supervise(model, samples);
      const Pass pass{.is_training = true, .seed = seed, .neftune_alpha = alpha};
      const Tensor hidden = model.hidden(supervised.batch, pass, supervised.rows);  // [S, D]
      return head_loss(hidden, model.head.of(pass), supervised.labels, model.config.logit_softcap, supervised.weights);
    };
    recipe.score = [this](const std::vector<TokenSample>& samples) {
      return score_samples(model, samples, /*uses_adapter=*/true);
    };
    recipe.evaluation_losses = [this](const std::vector<TokenSample>& samples) {
      return target_losses(model, supervise(model, samples), /*uses_adapter=*/true);
    };
    recipe.write_model = [this, is_full, source = settings.base.model](const fs::path& folder) {
      if (is_full)
        write_full_model(model, source, folder);
      else
        write_adapter(model, folder, source.string());
    };
  }
  SftTraining(const SftTraining&) = delete;  // the recipe points into it
  SftTraining& operator=(const SftTraining&) = delete;

  std::int64_t num_trained() const {
    std::int64_t count = 0;
    for (const auto& [name, parameter] : parameters) count += parameter.numel();
    return count;
  }

  Decoder model;
  std::uint64_t model_bytes;  // live when the model was loaded and nothing else
  NamedTensors parameters;
  Recipe recipe;
};

/**
 * Whether the heaviest micro-batch is tried before the first step. It takes as long as a step, so it is not where the
 * plan, which is within 5 % on the CPU, leaves as much memory free as the run takes; on a GPU, where no plan was ever
 * measured, it always is.
 */
bool needs_probe(const SftSettings& settings, const SampleSource& train, const SampleSource* validation) {
  if (!settings.probes) return false;
  if (!choose_placement(settings.base).device.is_cpu()) return true;
  SilentSinks silent;
  const SftPlan plan = plan_sft(settings, train, validation, /*measures_time=*/false, silent.sinks());
  return 2 * (plan.model_bytes + plan.peak_bytes + plan.besides_bytes) > plan.available_bytes;
}

}  // namespace

SftSummary train_sft(const SftSettings& settings, const SampleSource& train, const SampleSource* validation,
                     const Json& run, Sinks sinks) {
  const bool probes = needs_probe(settings, train, validation);
  SftTraining training(settings, load_model(settings.base, sinks));
  const Placement placement = training.model.placement;
  restart_allocator_peak(placement.device);
  const std::unique_ptr<Optimizer> optimizer = make_optimizer(settings.optimizer, training.parameters);
  if (validation != nullptr)
    training.recipe.evaluate = [&](std::int64_t step) {
      return evaluation_loss(training.model, *validation, evaluation_batch_size(settings),
                             settings.compat == Compat::trl, step, settings.output, sinks);
    };
  if (!settings.sample_prompts.empty())
    training.recipe.sample = [&] {
      std::vector<std::vector<std::int32_t>> answers;
      for (GeneratedTokens& answer :
           generate(training.model, settings.sample_prompts, settings.sampling, /*uses_adapter=*/true, sinks.stop))
        answers.push_back(std::move(answer.ids));
      return answers;
    };
  sinks.log.info(fmt::format("{} parameters, {} of them trained; {}", num_parameters(training.model.config),
                             training.num_trained(), placement.description()));
  if (probes) probe_memory(training.recipe, *optimizer, settings, train, validation);
  SftSummary summary = nn::train(training.recipe, *optimizer, settings, train, placement.device,
                                 /*scales_loss=*/placement.dtype == at::kHalf, run, sinks);
  summary.allocator_peak_bytes = allocator_peak_bytes(placement.device) - training.model_bytes;
  return summary;
}

namespace {

/**
 * What a run takes besides tensors. On the CPU oneDNN packs what it multiplies into buffers of its own, and the heap
 * has gaps: resident memory grew by 1.41 bytes for each byte of tensors and 100 MiB (4 million parameters,
 * micro-batches of 2,200 to 9,000 tokens, fp32, 2 threads). On a GPU a twentieth, for blocks that are larger than what
 * was asked for.
 */
std::uint64_t bytes_besides(std::uint64_t model_bytes, std::uint64_t peak_bytes, const at::Device& device) {
  return device.is_cuda() ? (model_bytes + peak_bytes) / 20 : peak_bytes / 5 * 2 + (std::uint64_t{100} << 20);
}

/** An outline of a training, and what it needs when some settings are others. */
class SftOutline {
 public:
  SftOutline(const SftSettings& settings, const SampleSource& train, const SampleSource* validation, Sinks sinks)
      : settings_(settings),
        sizes_{sample_sizes(train), validation == nullptr ? std::vector<SampleSize>() : sample_sizes(*validation)},
        live_before_(live_bytes(at::Device(at::kMeta))),
        training_(settings, outline_model(settings.base, sinks)),
        live_adapted_(live_bytes(at::Device(at::kMeta))),
        optimizer_(make_optimizer(settings.optimizer, training_.parameters)) {}

  std::uint64_t model_bytes() const { return training_.model_bytes - live_before_; }
  std::uint64_t adapter_bytes() const { return live_adapted_ - training_.model_bytes; }
  std::uint64_t optimizer_bytes() const { return live_bytes(at::Device(at::kMeta)) - live_adapted_; }
  const DataSizes& sizes() const { return sizes_; }

  MemoryNeed need(int batch_size, int accumulation, std::int64_t max_length) {
    SftSettings settings = settings_;
    settings.batch_size = batch_size;
    settings.gradient_accumulation = accumulation;
    settings.max_length = static_cast<int>(max_length);
    DataSizes sizes = sizes_;
    for (auto* list : {&sizes.train, &sizes.validation})
      for (SampleSize& size : *list) {  // what is cut keeps a target: a record without one is rejected
        size.targets = static_cast<std::int32_t>(
            std::max<std::int64_t>(1, size.targets - std::max<std::int64_t>(0, size.tokens - max_length)));
        size.tokens = static_cast<std::int32_t>(std::min<std::int64_t>(size.tokens, max_length));
      }
    return memory_need(training_.recipe, *optimizer_, settings, sizes, training_.model_bytes);
  }

 private:
  SftSettings settings_;
  DataSizes sizes_;
  std::uint64_t live_before_;
  SftTraining training_;
  std::uint64_t live_adapted_;
  std::unique_ptr<Optimizer> optimizer_;
};

}  // namespace

SftPlan plan_sft(const SftSettings& given, const SampleSource& train, const SampleSource* validation,
                 bool measures_time, Sinks sinks) {
  prepare_outlines();
  SftSettings settings = given;
  SftPlan plan;
  const at::Device device = choose_placement(settings.base).device;
  plan.available_bytes = memory_limit(settings.base, device);
  SftOutline outline(settings, train, validation, sinks);
  plan.model_bytes = outline.model_bytes();
  plan.trained_bytes = outline.adapter_bytes();
  plan.optimizer_bytes = outline.optimizer_bytes();
  const auto fits = [&](const MemoryNeed& need) {
    return plan.model_bytes + need.peak_bytes + bytes_besides(plan.model_bytes, need.peak_bytes, device) <=
           plan.available_bytes;
  };

  // How many sequences at once, of those numbers that divide an update evenly: as given, or the most that fit.
  const int whole = static_cast<int>(rows_of_update(given));
  MemoryNeed need;
  const auto most_that_fit = [&](int at_most, std::int64_t max_length) {
    for (int size = at_most; size >= 1; --size) {
      if (whole % size != 0) continue;
      need = outline.need(size, whole / size, max_length);
      if (fits(need)) return size;
    }
    return 0;
  };
  if (given.batch_size > 0) {
    need = outline.need(settings.batch_size, settings.gradient_accumulation, given.max_length);
    plan.fits = fits(need);
  } else {
    const int size = most_that_fit(whole, given.max_length);
    plan.fits = size > 0;
    settings.batch_size = std::max(1, size);
    settings.gradient_accumulation = whole / settings.batch_size;
  }
  plan.batch_size = settings.batch_size;
  plan.gradient_accumulation = settings.gradient_accumulation;
  plan.peak_bytes = need.peak_bytes;
  plan.besides_bytes = bytes_besides(plan.model_bytes, need.peak_bytes, device);
  plan.longest_tokens = need.heaviest.tokens;
  plan.longest_targets = need.heaviest.targets;

  plan.steps = num_updates(outline.sizes().train, settings);
  for (const MicroBatch& batch : micro_batches(outline.sizes().train, settings, false)) plan.tokens += batch.tokens;
  std::vector<std::int64_t> lengths;
  for (const SampleSize& size : outline.sizes().train) lengths.push_back(size.tokens);
  std::sort(lengths.begin(), lengths.end());
  plan.longest_sample = lengths.back();
  plan.median_sample = lengths[lengths.size() / 2];

  if (!plan.fits) {
    if (given.batch_size > 1)
      if (const int size = most_that_fit(given.batch_size - 1, given.max_length); size > 0)
        plan.remedies.push_back(fmt::format("--batch-size {} --gradient-accumulation {}", size, whole / size));
    for (std::int64_t length = plan.longest_sample / 2; plan.remedies.empty() && length >= 32; length /= 2)
      if (most_that_fit(1, length) > 0)
        plan.remedies.push_back(
            fmt::format("--batch-size 1 --gradient-accumulation {} --max-length {}", whole, length));
    if (settings.base.method != Method::qlora) plan.remedies.push_back("--method qlora, which takes less");
    if (plan.remedies.empty()) plan.remedies.push_back("a smaller model, or a machine with more memory");
    return plan;
  }
  if (measures_time) {
    SftTraining training(settings, load_model(settings.base, sinks));
    const std::unique_ptr<Optimizer> optimizer = make_optimizer(settings.optimizer, training.parameters);
    plan.seconds = seconds_needed(training.recipe, *optimizer, settings, train, validation,
                                  training.model.placement.device, sinks.stop);
    plan.seconds_a_step = plan.seconds / static_cast<double>(plan.steps);
  }
  return plan;
}

}  // namespace intelia::nn
