#include "nn/evaluation.hpp"

#include <fmt/format.h>

#include <cmath>

#include "nn/nonfinite_batch.hpp"

namespace intelia::nn {

namespace {

[[noreturn]] void stop_at_nonfinite(double loss, std::int64_t step, const TrainingSettings& settings,
                                    NumberedBatch batch, std::vector<SampleLoss> losses) {
  const std::string what = fmt::format("the validation loss is {}", describe_nonfinite(loss));
  std::vector<NumberedBatch> batches;
  batches.push_back(std::move(batch));
  throw Error(
      Kind::internal,
      fmt::format("step {}: {}; training stops, the last checkpoint is kept, {}; try a lower `learning_rate` "
                  "or another `precision`",
                  step, what, write_nonfinite_batch(settings.output, what, step, batches, {std::move(losses)})));
}

}  // namespace

std::int64_t evaluation_batch_size(const TrainingSettings& settings) {
  constexpr std::int64_t kOfTransformers = 8;
  return settings.compat == Compat::trl ? kOfTransformers : 2 * static_cast<std::int64_t>(settings.batch_size);
}

EvaluationResult evaluate(const Objective& validation, const TrainingSettings& settings, std::int64_t step,
                          const Sinks& sinks) {
  const std::int64_t batch_size = evaluation_batch_size(settings), num_samples = validation.num_samples();
  WeightedSum mean;
  EvaluationResult result;
  for (std::int64_t begin = 0; begin < num_samples; begin += batch_size) {
    sinks.stop.check("evaluation");
    NumberedBatch batch;
    batch.numbers = numbers_from(begin, batch_size, num_samples);
    batch.batch = validation.read(batch.numbers);
    BatchScores scores = batch.batch->scores(batch.batch->evaluate());
    WeightedSum total;
    for (const SampleLoss& loss : scores.losses) total.add({loss.loss_sum, loss.weight});
    if (!std::isfinite(total.sum))
      stop_at_nonfinite(total.sum, step, settings, std::move(batch), std::move(scores.losses));
    const auto num_rows = static_cast<double>(scores.losses.size());
    mean.add(settings.compat == Compat::trl ? WeightedSum{total.mean() * num_rows, num_rows} : total);
    for (const auto& [name, value] : scores.metrics) result.metrics[name].add(value);
  }
  result.loss = mean.mean();
  return result;
}

}  // namespace intelia::nn
