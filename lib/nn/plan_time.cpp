#include "nn/plan_time.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "base/clock.hpp"
#include "nn/device.hpp"
#include "nn/plan.hpp"

namespace intelia::nn {

namespace {

/** Seconds of a pass by its number of tokens, interpolated linearly between those that were timed. */
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

template <class Work>
double seconds_of(const at::Device& device, const Work& work) {
  synchronize(device);
  const double begin = monotonic_seconds();
  work();
  synchronize(device);
  return monotonic_seconds() - begin;
}

/** Times `run` on batches over the whole range of sizes, the median and the largest first, for about half a minute. */
template <class Run>
TimedPasses timed(const std::vector<BatchPlan>& all, const at::Device& device, const StopFlag& stop, const Run& run) {
  constexpr double kEnoughSeconds = 30;
  std::vector<const BatchPlan*> by_size;
  for (const BatchPlan& batch : all) by_size.push_back(&batch);
  std::sort(by_size.begin(), by_size.end(), [](const auto* a, const auto* b) { return a->tokens < b->tokens; });
  TimedPasses passes;
  const double started = monotonic_seconds();
  for (const double quantile : {0.5, 1.0, 0.0, 0.25, 0.75, 0.9, 0.1}) {
    const BatchPlan& batch = *by_size[static_cast<std::size_t>(quantile * static_cast<double>(by_size.size() - 1))];
    if (passes.has(batch.tokens)) continue;
    if (quantile != 0.5 && quantile != 1.0 && monotonic_seconds() - started > kEnoughSeconds) break;
    stop.check("timing the plan");
    const auto once = [&] { return seconds_of(device, [&] { run(batch); }); };
    once();  // warm-up: kernels are compiled for each size, and memory is allocated
    passes.add(batch.tokens, std::min(once(), once()));
  }
  return passes;
}

}  // namespace

double seconds_needed(const Objective& train, const Objective* validation, Optimizer& optimizer,
                      const TrainingSettings& settings, const at::Device& device, const StopFlag& stop) {
  const std::vector<SampleSize> sizes = sample_sizes(train, settings.max_length);
  const std::vector<BatchPlan> all = micro_batches(sizes, settings, validation != nullptr);
  double seconds = 0;
  const TimedPasses passes =
      timed(all, device, stop, [&](const BatchPlan& batch) { train_on(*train.read(batch.samples)); });
  for (const BatchPlan& batch : all) seconds += passes.at(batch.tokens);

  double step_seconds = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i)
    step_seconds =
        std::min(step_seconds, seconds_of(device, [&] {
                   optimizer.scale_gradients(std::min(1.0, settings.max_grad_norm / (optimizer.grad_norm() + 1e-6)));
                   optimizer.step(/*learning_rate=*/0);
                 }));
  optimizer.zero_grad();
  const std::int64_t steps = num_steps(sizes, settings);
  seconds += step_seconds * static_cast<double>(steps);
  if (validation == nullptr) return seconds;

  const std::vector<BatchPlan> batches = evaluation_batches(sample_sizes(*validation, settings.max_length), settings);
  const TimedPasses evaluations =
      timed(batches, device, stop, [&](const BatchPlan& batch) { validation->read(batch.samples)->evaluate(); });
  double once = 0;
  for (const BatchPlan& batch : batches) once += evaluations.at(batch.tokens);
  const std::int64_t between = settings.eval_every > 0 ? settings.eval_every : steps;
  return seconds + once * static_cast<double>((steps + between - 1) / between);
}

}  // namespace intelia::nn
