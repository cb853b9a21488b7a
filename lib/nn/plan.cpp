#include "nn/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "base/clock.hpp"
#include "engine/schedule.hpp"
#include "nn/device.hpp"
#include "nn/memory.hpp"
#include "nn/meta_kernels.hpp"
#include "nn/order.hpp"

namespace intelia::nn {

namespace {

const at::Device kMeta(at::kMeta);

MicroBatch micro_batch(std::vector<std::int64_t> samples, const std::vector<SampleSize>& sizes) {
  MicroBatch batch;
  batch.samples = std::move(samples);
  for (const std::int64_t number : batch.samples) {
    batch.tokens += sizes[static_cast<std::size_t>(number)].tokens;
    batch.targets += sizes[static_cast<std::size_t>(number)].targets;
  }
  return batch;
}

std::vector<TokenSample> read(const SampleSource& source, const std::vector<std::int64_t>& numbers) {
  std::vector<TokenSample> samples;
  for (const std::int64_t number : numbers) samples.push_back(source.at(number));
  return samples;
}

/** Samples of these sizes; which ids they hold makes no difference to memory. */
std::vector<TokenSample> outlines(const MicroBatch& batch, const std::vector<SampleSize>& sizes) {
  std::vector<TokenSample> samples;
  for (const std::int64_t number : batch.samples) {
    const auto [tokens, targets] = sizes[static_cast<std::size_t>(number)];
    TokenSample& sample = samples.emplace_back();
    sample.ids.assign(static_cast<std::size_t>(tokens), 0);
    sample.is_target.assign(static_cast<std::size_t>(tokens), 0);
    std::fill(sample.is_target.end() - targets, sample.is_target.end(), 1);
  }
  return samples;
}

std::vector<MicroBatch> evaluation_batches(const std::vector<SampleSize>& sizes, const SftSettings& settings) {
  std::vector<MicroBatch> batches;
  const std::int64_t step = evaluation_batch_size(settings), count = static_cast<std::int64_t>(sizes.size());
  for (std::int64_t begin = 0; begin < count; begin += step) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = begin; i < std::min(count, begin + step); ++i) numbers.push_back(i);
    batches.push_back(micro_batch(std::move(numbers), sizes));
  }
  return batches;
}

std::vector<std::int64_t> lengths_of(const std::vector<SampleSize>& sizes) {
  std::vector<std::int64_t> lengths;
  for (const SampleSize& size : sizes) lengths.push_back(size.tokens);
  return lengths;
}

/** Forward and backward, the gradients added to what is there. */
void train_on(const Recipe& recipe, const std::vector<TokenSample>& samples) {
  constexpr double kScale = 1e-3;  // as the loop divides by the targets of its window
  (recipe.loss_sum(samples, /*seed=*/0) * kScale).backward();
}

bool evaluates_before(std::int64_t step, const SftSettings& settings) {
  return settings.eval_every > 0 && step >= settings.eval_every;
}

}  // namespace

std::int64_t num_updates(const std::vector<SampleSize>& sizes, const SftSettings& settings) {
  return total_updates(static_cast<std::int64_t>(training_rows(lengths_of(sizes), settings).size()), settings);
}

std::vector<MicroBatch> micro_batches(const std::vector<SampleSize>& sizes, const SftSettings& settings,
                                      bool evaluates) {
  std::vector<MicroBatch> all;
  DataOrder order(lengths_of(sizes), settings);
  const std::int64_t num_steps = total_updates(order.num_rows(), settings);
  DataPosition position;
  for (std::int64_t step = 0; step < num_steps; ++step) {
    bool is_first = true;
    for (std::vector<std::int64_t>& numbers : order.next_window(position)) {
      MicroBatch& batch = all.emplace_back(micro_batch(std::move(numbers), sizes));
      batch.has_gradients = !is_first;
      batch.has_best = evaluates && evaluates_before(step, settings);
      is_first = false;
    }
  }
  return all;
}

std::vector<MicroBatch> heaviest(const std::vector<MicroBatch>& all) {
  std::array<const MicroBatch*, 8> best{};  // 4 kinds, by tokens and by targets
  for (const MicroBatch& batch : all) {
    const std::size_t kind =
        2 * (2 * static_cast<std::size_t>(batch.has_gradients) + static_cast<std::size_t>(batch.has_best));
    const auto take = [&](const MicroBatch*& place, auto first, auto second) {
      if (place == nullptr || std::pair(batch.*first, batch.*second) > std::pair(place->*first, place->*second))
        place = &batch;
    };
    take(best[kind], &MicroBatch::tokens, &MicroBatch::targets);
    take(best[kind + 1], &MicroBatch::targets, &MicroBatch::tokens);
  }
  std::vector<MicroBatch> list;
  for (std::size_t i = 0; i < best.size(); ++i)
    if (best[i] != nullptr && (i % 2 == 0 || best[i] != best[i - 1])) list.push_back(*best[i]);
  return list;
}

void prepare_outlines() {
  count_allocations();
  register_meta_kernels();
}

MemoryNeed memory_need(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings, const DataSizes& sizes,
                       std::uint64_t live_before) {
  MemoryNeed need;
  const bool evaluates = !sizes.validation.empty();
  const NamedTensors parameters = optimizer.parameters();
  const auto take_peak = [&](const MicroBatch& batch) {
    const std::uint64_t peak = allocator_peak_bytes(kMeta) - live_before;
    if (peak <= need.peak_bytes) return;
    need.peak_bytes = peak;
    need.heaviest = batch;
  };
  for (const MicroBatch& batch : heaviest(micro_batches(sizes.train, settings, evaluates))) {
    const NamedTensors best = batch.has_best ? copies(parameters) : NamedTensors();
    if (batch.has_gradients) make_gradients(parameters);
    restart_allocator_peak(kMeta);
    train_on(recipe, outlines(batch, sizes.train));
    take_peak(batch);
    optimizer.zero_grad();
  }
  const NamedTensors best = evaluates ? copies(parameters) : NamedTensors();
  make_gradients(parameters);
  restart_allocator_peak(kMeta);
  optimizer.step(/*learning_rate=*/0);
  need.peak_bytes = std::max(need.peak_bytes, allocator_peak_bytes(kMeta) - live_before);
  optimizer.zero_grad();
  for (const MicroBatch& batch : heaviest(evaluation_batches(sizes.validation, settings))) {
    restart_allocator_peak(kMeta);
    recipe.evaluation_losses(outlines(batch, sizes.validation));
    take_peak(batch);
  }
  return need;
}

namespace {

/** Seconds of a pass by its number of tokens: between two that were timed, on the line between them. */
class TimedPasses {
 public:
  void add(std::int64_t tokens, double seconds) { seconds_[tokens] = seconds; }
  bool has(std::int64_t tokens) const { return seconds_.contains(tokens); }
  double at(std::int64_t tokens) const {
    const auto above = seconds_.lower_bound(tokens);
    if (above == seconds_.end()) return std::prev(above)->second;
    if (above->first == tokens || above == seconds_.begin()) return above->second;
    const auto below = std::prev(above);
    const double share = static_cast<double>(tokens - below->first) / static_cast<double>(above->first - below->first);
    return below->second + share * (above->second - below->second);
  }

 private:
  std::map<std::int64_t, double> seconds_;
};

/** Times `run` on batches over the whole range of their sizes, the middle and the largest first, for about half a
 * minute. */
template <class Run>
TimedPasses timed(const std::vector<MicroBatch>& all, const at::Device& device, const StopFlag& stop, const Run& run) {
  constexpr double kEnoughSeconds = 30;
  std::vector<const MicroBatch*> by_size;
  for (const MicroBatch& batch : all) by_size.push_back(&batch);
  std::sort(by_size.begin(), by_size.end(), [](const auto* a, const auto* b) { return a->tokens < b->tokens; });
  const auto seconds_of = [&](const MicroBatch& batch) {
    synchronize(device);
    const double begin = monotonic_seconds();
    run(batch);
    synchronize(device);
    return monotonic_seconds() - begin;
  };
  TimedPasses passes;
  const double started = monotonic_seconds();
  for (const double quantile : {0.5, 1.0, 0.0, 0.25, 0.75, 0.9, 0.1}) {
    const MicroBatch& batch = *by_size[static_cast<std::size_t>(quantile * static_cast<double>(by_size.size() - 1))];
    if (passes.has(batch.tokens)) continue;
    if (quantile != 0.5 && quantile != 1.0 && monotonic_seconds() - started > kEnoughSeconds) break;
    stop.check("timing the plan");
    seconds_of(batch);  // products are compiled for each size, and memory is had, only once
    passes.add(batch.tokens, std::min(seconds_of(batch), seconds_of(batch)));
  }
  return passes;
}

}  // namespace

double seconds_needed(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings,
                      const SampleSource& train, const SampleSource* validation, const at::Device& device,
                      const StopFlag& stop) {
  const std::vector<SampleSize> sizes = sample_sizes(train);
  const std::vector<MicroBatch> all = micro_batches(sizes, settings, validation != nullptr);
  double seconds = 0;
  const TimedPasses passes =
      timed(all, device, stop, [&](const MicroBatch& batch) { train_on(recipe, read(train, batch.samples)); });
  for (const MicroBatch& batch : all) seconds += passes.at(batch.tokens);

  double update = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i) {
    synchronize(device);
    const double begin = monotonic_seconds();
    optimizer.scale_gradients(std::min(1.0, settings.max_grad_norm / (optimizer.grad_norm() + 1e-6)));
    optimizer.step(/*learning_rate=*/0);
    synchronize(device);
    update = std::min(update, monotonic_seconds() - begin);
  }
  optimizer.zero_grad();
  const std::int64_t num_steps = num_updates(sizes, settings);
  seconds += update * static_cast<double>(num_steps);

  if (validation != nullptr) {
    const std::vector<MicroBatch> batches = evaluation_batches(sample_sizes(*validation), settings);
    const TimedPasses evaluations = timed(batches, device, stop, [&](const MicroBatch& batch) {
      recipe.evaluation_losses(read(*validation, batch.samples));
    });
    double once = 0;
    for (const MicroBatch& batch : batches) once += evaluations.at(batch.tokens);
    const std::int64_t between = settings.eval_every > 0 ? settings.eval_every : num_steps;
    seconds += once * static_cast<double>((num_steps + between - 1) / between);
  }
  return seconds;
}

void probe_memory(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings, const SampleSource& train,
                  const SampleSource* validation) {
  const NamedTensors parameters = optimizer.parameters();
  const auto attempt = [&](const MicroBatch& batch, const char* what, const auto& work) {
    try {
      work();
    } catch (const std::exception& error) {
      if (!is_out_of_memory(error)) throw;
      throw Error(Kind::io,
                  fmt::format("the largest {}, {} sequences with {} tokens in all, does not fit the memory; lower "
                              "--batch-size and raise --gradient-accumulation by as much, lower --max-length, or let "
                              "--batch-size auto choose",
                              what, batch.samples.size(), batch.tokens));
    }
  };
  for (const MicroBatch& batch : heaviest(micro_batches(sample_sizes(train), settings, validation != nullptr)))
    attempt(batch, "micro-batch of the run", [&] {
      const NamedTensors best = batch.has_best ? copies(parameters) : NamedTensors();
      if (batch.has_gradients) make_gradients(parameters);
      train_on(recipe, read(train, batch.samples));
      optimizer.zero_grad();
    });
  if (validation == nullptr) return;
  for (const MicroBatch& batch : heaviest(evaluation_batches(sample_sizes(*validation), settings)))
    attempt(batch, "batch of an evaluation", [&] {
      const NamedTensors best = copies(parameters);
      recipe.evaluation_losses(read(*validation, batch.samples));
    });
}

}  // namespace intelia::nn
