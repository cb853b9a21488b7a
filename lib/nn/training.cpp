#include "nn/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/schedule.hpp"
#include "nn/generate.hpp"
#include "nn/memory.hpp"
#include "nn/plan.hpp"
#include "nn/plan_time.hpp"
#include "nn/trained_model.hpp"
#include "nn/trainer.hpp"
#include "nn/weights.hpp"

namespace intelia::nn {

namespace {

/** Answers to settings.sample_prompts; empty when there are none. */
std::function<std::vector<std::vector<std::int32_t>>()> sampler(const Decoder& model, const TrainingSettings& settings,
                                                                const StopFlag& stop) {
  if (settings.sample_prompts.empty()) return {};
  std::vector<GenerationRequest> requests;
  for (const auto& prompt : settings.sample_prompts) requests.push_back({prompt});
  return [&model, &stop, requests = std::move(requests), sampling = settings.sampling] {
    std::vector<std::vector<std::int32_t>> answers;
    for (GeneratedTokens& answer : generate(model, requests, sampling, /*uses_adapter=*/true, stop))
      answers.push_back(std::move(answer.ids));
    return answers;
  };
}

/**
 * Whether to try the largest micro-batch before the first step, which takes as long as a step. On the CPU, where plans
 * are within 5 %, only when the plan leaves less memory free than the run needs; on other devices, where no plan was
 * ever measured, always.
 */
bool needs_probe(const TrainingSettings& settings, const ObjectiveFactory& make) {
  if (!settings.probes) return false;
  if (!choose_placement(settings.base).device.is_cpu()) return true;
  SilentSinks silent;
  const TrainingPlan plan = plan_training(settings, make, /*measures_time=*/false, silent.sinks());
  return 2 * (plan.model_bytes + plan.peak_bytes + plan.overhead_bytes) > plan.available_bytes;
}

/**
 * What a run needs in addition to tensors. On the CPU oneDNN packs matrices into its own buffers, and the heap
 * fragments: resident memory grew by 1.41 bytes per byte of tensors and 100 MiB (4 million parameters, micro-batches of
 * 2,200 to 9,000 tokens, fp32, 2 threads). On other devices a twentieth, for blocks that are larger than asked for.
 */
std::uint64_t overhead_of(std::uint64_t model_bytes, std::uint64_t peak_bytes, const at::Device& device) {
  return device.is_cpu() ? peak_bytes / 5 * 2 + (std::uint64_t{100} << 20) : (model_bytes + peak_bytes) / 20;
}

/** A training on meta tensors, and the memory that it needs under various settings. */
class MemoryPlanner {
 public:
  MemoryPlanner(const TrainingSettings& settings, const ObjectiveFactory& make, Sinks sinks)
      : settings_(settings),
        device_(choose_placement(settings.base).device),
        available_bytes_(memory_limit(settings.base, device_)),
        live_before_(live_bytes(at::Device(at::kMeta))),
        trained_(settings, outline_model(settings.base, sinks)),
        live_adapted_(live_bytes(at::Device(at::kMeta))),
        optimizer_(make_optimizer(settings.optimizer, trained_.parameters())),
        train_(make.train(trained_.model())),
        validation_(make.validation(trained_.model())) {}

  std::uint64_t model_bytes() const { return trained_.model_bytes() - live_before_; }
  std::uint64_t adapter_bytes() const { return live_adapted_ - trained_.model_bytes(); }
  std::uint64_t optimizer_bytes() const { return live_bytes(at::Device(at::kMeta)) - live_adapted_; }
  std::uint64_t available_bytes() const { return available_bytes_; }
  const Objective& train() const { return *train_; }

  MemoryNeed need(int batch_size, int accumulation, std::int64_t max_length) {
    TrainingSettings settings = settings_;
    settings.batch_size = batch_size;
    settings.gradient_accumulation = accumulation;
    settings.max_length = static_cast<int>(max_length);
    return memory_need(*train_, validation_.get(), *optimizer_, settings, trained_.model_bytes());
  }
  std::uint64_t overhead_bytes(const MemoryNeed& need) const {
    return overhead_of(model_bytes(), need.peak_bytes, device_);
  }
  bool fits(const MemoryNeed& need) const {
    return model_bytes() + need.peak_bytes + overhead_bytes(need) <= available_bytes_;
  }

  /** The largest batch size up to `at_most` that divides `rows_per_step` and fits, with its need; 0 when none does. */
  std::pair<int, MemoryNeed> largest_that_fits(int at_most, int rows_per_step, std::int64_t max_length) {
    MemoryNeed last;
    for (int size = at_most; size >= 1; --size) {
      if (rows_per_step % size != 0) continue;
      last = need(size, rows_per_step / size, max_length);
      if (fits(last)) return {size, last};
    }
    return {0, last};
  }

 private:
  const TrainingSettings& settings_;
  at::Device device_;
  std::uint64_t available_bytes_;
  std::uint64_t live_before_;
  TrainedModel trained_;
  std::uint64_t live_adapted_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<Objective> train_, validation_;
};

/** Settings with which a run that does not fit would: smaller micro-batches, else shorter samples, else NF4. */
std::vector<PlanRemedy> find_remedies(MemoryPlanner& planner, const TrainingSettings& settings,
                                      std::int64_t longest_sample) {
  std::vector<PlanRemedy> remedies;
  const int rows = static_cast<int>(rows_per_step(settings));
  if (settings.batch_size > 1)
    if (const int size = planner.largest_that_fits(settings.batch_size - 1, rows, settings.max_length).first; size > 0)
      remedies.push_back({.batch_size = size, .gradient_accumulation = rows / size});
  for (std::int64_t length = longest_sample / 2; remedies.empty() && length >= 32; length /= 2)
    if (planner.largest_that_fits(1, rows, length).first > 0)
      remedies.push_back({.batch_size = 1, .gradient_accumulation = rows, .max_length = length});
  if (settings.base.method != Method::qlora) remedies.push_back({.method = Method::qlora});
  return remedies;
}

/** Fills in what the run draws: steps, tokens, and the lengths of samples. */
void count_data(TrainingPlan& plan, const std::vector<SampleSize>& sizes, const TrainingSettings& settings) {
  plan.steps = num_steps(sizes, settings);
  for (const BatchPlan& batch : micro_batches(sizes, settings, /*evaluates=*/false)) plan.tokens += batch.tokens;
  std::vector<std::int64_t> lengths = lengths_of(sizes);
  std::sort(lengths.begin(), lengths.end());
  plan.longest_sample = lengths.back();
  plan.median_sample = lengths[lengths.size() / 2];
}

}  // namespace

TrainingSummary run_training(const TrainingSettings& settings, const ObjectiveFactory& make, const Json& run,
                             Sinks sinks) {
  std::optional<HeapRetention> retention;
  if (settings.base.retains_memory) retention.emplace();
  const bool probes = needs_probe(settings, make);
  TrainedModel trained(settings, load_model(settings.base, sinks));
  trained.interrupt_by(sinks.stop);
  const Placement placement = trained.model().placement;
  restart_allocator_peak(placement.device);
  const std::unique_ptr<Optimizer> optimizer = make_optimizer(settings.optimizer, trained.parameters());
  const std::unique_ptr<Objective> objective = make.train(trained.model());
  const std::unique_ptr<Objective> validation = make.validation(trained.model());
  sinks.log.info(fmt::format("{} parameters, {} of them trained; {}", num_parameters(trained.model().config),
                             trained.num_trainable(), placement.description()));
  if (probes) probe_memory(*objective, validation.get(), *optimizer, settings);
  const TrainingTask task{.train = *objective,
                          .validation = validation.get(),
                          .optimizer = *optimizer,
                          .device = placement.device,
                          .scales_loss = placement.dtype == at::kHalf,
                          .write_model = [&](const std::filesystem::path& folder) { trained.write(folder); },
                          .sample = sampler(trained.model(), settings, sinks.stop)};
  TrainingSummary summary = train(task, settings, run, sinks);
  summary.allocator_peak_bytes = allocator_peak_bytes(placement.device) - trained.model_bytes();
  return summary;
}

TrainingPlan plan_training(const TrainingSettings& given, const ObjectiveFactory& make, bool measures_time,
                           Sinks sinks) {
  std::optional<HeapRetention> retention;
  if (given.base.retains_memory) retention.emplace();
  prepare_outlines();
  TrainingSettings settings = given;
  TrainingPlan plan;
  MemoryPlanner planner(given, make, sinks);
  plan.available_bytes = planner.available_bytes();
  plan.model_bytes = planner.model_bytes();
  plan.trained_bytes = planner.adapter_bytes();
  plan.optimizer_bytes = planner.optimizer_bytes();

  MemoryNeed need;
  if (given.batch_size > 0) {
    need = planner.need(given.batch_size, given.gradient_accumulation, given.max_length);
  } else {
    const int rows = static_cast<int>(rows_per_step(given));
    const auto [size, needed] = planner.largest_that_fits(rows, rows, given.max_length);
    need = needed;
    settings.batch_size = std::max(1, size);
    settings.gradient_accumulation = rows / settings.batch_size;
  }
  plan.fits = planner.fits(need);
  plan.batch_size = settings.batch_size;
  plan.gradient_accumulation = settings.gradient_accumulation;
  plan.peak_bytes = need.peak_bytes;
  plan.overhead_bytes = planner.overhead_bytes(need);
  plan.longest_tokens = need.largest.tokens;
  plan.longest_targets = need.largest.targets;
  count_data(plan, sample_sizes(planner.train(), settings.max_length), settings);

  if (!plan.fits) {
    plan.remedies = find_remedies(planner, given, plan.longest_sample);
  } else if (measures_time) {
    TrainedModel trained(settings, load_model(settings.base, sinks));
    const std::unique_ptr<Optimizer> optimizer = make_optimizer(settings.optimizer, trained.parameters());
    const std::unique_ptr<Objective> objective = make.train(trained.model());
    const std::unique_ptr<Objective> validation = make.validation(trained.model());
    plan.seconds = seconds_needed(*objective, validation.get(), *optimizer, settings, trained.model().placement.device,
                                  sinks.stop);
    plan.seconds_per_step = plan.seconds / static_cast<double>(plan.steps);
  }
  return plan;
}

}  // namespace intelia::nn
