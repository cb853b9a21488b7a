#include "nn/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/counted.hpp"
#include "engine/schedule.hpp"
#include "nn/evaluation.hpp"
#include "nn/memory.hpp"
#include "nn/meta_kernels.hpp"
#include "nn/order.hpp"
#include "nn/trainer.hpp"

namespace intelia::nn {

namespace {

const at::Device kMeta(at::kMeta);

BatchPlan batch_of(std::vector<std::int64_t> samples, const std::vector<SampleSize>& sizes) {
  BatchPlan batch;
  batch.samples = std::move(samples);
  for (const std::int64_t number : batch.samples) {
    batch.tokens += sizes[static_cast<std::size_t>(number)].tokens;
    batch.targets += sizes[static_cast<std::size_t>(number)].targets;
  }
  return batch;
}

bool evaluates_before(std::int64_t step, const TrainingSettings& settings) {
  return settings.eval_every > 0 && step >= settings.eval_every;
}

}  // namespace

std::int64_t num_steps(const std::vector<SampleSize>& sizes, const TrainingSettings& settings) {
  return total_steps(static_cast<std::int64_t>(training_rows(lengths_of(sizes), settings).size()), settings);
}

std::vector<BatchPlan> micro_batches(const std::vector<SampleSize>& sizes, const TrainingSettings& settings,
                                     bool evaluates) {
  std::vector<BatchPlan> all;
  DataOrder order(lengths_of(sizes), settings);
  const std::int64_t num_steps = total_steps(order.num_rows(), settings);
  DataPosition position;
  for (std::int64_t step = 0; step < num_steps; ++step) {
    bool is_first = true;
    for (std::vector<std::int64_t>& numbers : order.next_step(position)) {
      BatchPlan& batch = all.emplace_back(batch_of(std::move(numbers), sizes));
      batch.has_gradients = !is_first;
      batch.has_best = evaluates && evaluates_before(step, settings);
      is_first = false;
    }
  }
  return all;
}

std::vector<BatchPlan> evaluation_batches(const std::vector<SampleSize>& sizes, const TrainingSettings& settings) {
  std::vector<BatchPlan> batches;
  const std::int64_t batch_size = evaluation_batch_size(settings), count = static_cast<std::int64_t>(sizes.size());
  for (std::int64_t begin = 0; begin < count; begin += batch_size) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = begin; i < std::min(count, begin + batch_size); ++i) numbers.push_back(i);
    batches.push_back(batch_of(std::move(numbers), sizes));
  }
  return batches;
}

std::vector<BatchPlan> largest_batches(const std::vector<BatchPlan>& all) {
  std::array<const BatchPlan*, 8> largest{};  // of the 4 combinations, by tokens and by targets
  for (const BatchPlan& batch : all) {
    const std::size_t kind =
        2 * (2 * static_cast<std::size_t>(batch.has_gradients) + static_cast<std::size_t>(batch.has_best));
    const auto take = [&](const BatchPlan*& best, auto first, auto second) {
      if (best == nullptr || std::pair(batch.*first, batch.*second) > std::pair(best->*first, best->*second))
        best = &batch;
    };
    take(largest[kind], &BatchPlan::tokens, &BatchPlan::targets);
    take(largest[kind + 1], &BatchPlan::targets, &BatchPlan::tokens);
  }
  std::vector<BatchPlan> list;
  for (std::size_t i = 0; i < largest.size(); ++i)
    if (largest[i] != nullptr && (i % 2 == 0 || largest[i] != largest[i - 1])) list.push_back(*largest[i]);
  return list;
}

void train_on(const MicroBatch& batch) {
  constexpr double kScale = 1e-3;  // the loop normalizes, too
  (batch.loss(/*seed=*/0).sum * kScale).backward();
}

void prepare_outlines() {
  count_allocations();
  register_meta_kernels();
}

MemoryNeed memory_need(const Objective& train, const Objective* validation, Optimizer& optimizer,
                       const TrainingSettings& settings, std::uint64_t live_before) {
  MemoryNeed need;
  const bool evaluates = validation != nullptr;
  const NamedTensors parameters = optimizer.parameters();
  const auto take_peak = [&](const BatchPlan& batch) {
    const std::uint64_t peak = allocator_peak_bytes(kMeta) - live_before;
    if (peak <= need.peak_bytes) return;
    need.peak_bytes = peak;
    need.largest = batch;
  };
  const std::vector<SampleSize> sizes = sample_sizes(train, settings.max_length);
  for (const BatchPlan& batch : largest_batches(micro_batches(sizes, settings, evaluates))) {
    const NamedTensors best = batch.has_best ? copies(parameters) : NamedTensors();
    if (batch.has_gradients) make_gradients(parameters);
    restart_allocator_peak(kMeta);
    train_on(*train.outline(batch.samples, settings.max_length));
    take_peak(batch);
    optimizer.zero_grad();
  }
  const NamedTensors best = evaluates ? copies(parameters) : NamedTensors();
  make_gradients(parameters);
  restart_allocator_peak(kMeta);
  optimizer.step(/*learning_rate=*/0);
  need.peak_bytes = std::max(need.peak_bytes, allocator_peak_bytes(kMeta) - live_before);
  optimizer.zero_grad();
  if (!evaluates) return need;
  const std::vector<SampleSize> held_out = sample_sizes(*validation, settings.max_length);
  for (const BatchPlan& batch : largest_batches(evaluation_batches(held_out, settings))) {
    restart_allocator_peak(kMeta);
    validation->outline(batch.samples, settings.max_length)->evaluate();
    take_peak(batch);
  }
  return need;
}

namespace {

/** Runs `work` on `batch`; out-of-memory becomes Error{io}. */
template <class Work>
void attempt(const BatchPlan& batch, const char* what, const Work& work) {
  try {
    work();
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;
    throw Error(Kind::io,
                fmt::format("the largest {}, {} with {} in total, does not fit in memory; lower "
                            "`batch_size` and raise `gradient_accumulation` accordingly, lower `max_length`, or use "
                            "`batch_size` auto",
                            what, counted(batch.samples.size(), "sequence"), counted(batch.tokens, "token")));
  }
}

}  // namespace

void probe_memory(const Objective& train, const Objective* validation, Optimizer& optimizer,
                  const TrainingSettings& settings) {
  const NamedTensors parameters = optimizer.parameters();
  const std::vector<SampleSize> sizes = sample_sizes(train, settings.max_length);
  for (const BatchPlan& batch : largest_batches(micro_batches(sizes, settings, validation != nullptr)))
    attempt(batch, "micro-batch of the run", [&] {
      const NamedTensors best = batch.has_best ? copies(parameters) : NamedTensors();
      if (batch.has_gradients) make_gradients(parameters);
      train_on(*train.read(batch.samples));
      optimizer.zero_grad();
    });
  if (validation == nullptr) return;
  const std::vector<SampleSize> held_out = sample_sizes(*validation, settings.max_length);
  for (const BatchPlan& batch : largest_batches(evaluation_batches(held_out, settings)))
    attempt(batch, "batch of an evaluation", [&] {
      const NamedTensors best = copies(parameters);
      validation->read(batch.samples)->evaluate();
    });
}

}  // namespace intelia::nn
