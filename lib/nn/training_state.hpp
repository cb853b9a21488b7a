// What a checkpoint stores in addition to parameters and optimizer states, and whether a resumed run continues the same
// one.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/sinks.hpp"
#include "nn/loss_scale.hpp"
#include "nn/metrics_file.hpp"
#include "nn/objective.hpp"
#include "nn/order.hpp"
#include "record/json.hpp"

namespace intelia::nn {

struct TrainingState {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  std::int64_t step = 0, num_steps = 0;  // done, and of the whole run
  std::int64_t optimizer_steps = 0;      // without those that an overflow of fp16 skipped
  DataPosition position;
  std::int64_t seen_tokens = 0, trained_tokens = 0;
  WeightedSum logged_loss;    // since the last line of metrics.jsonl
  MetricSums logged_metrics;  // likewise
  double first_loss = kNaN, final_loss = kNaN, best_eval_loss = kNaN;
  std::int64_t best_step = 0;
  LossScale loss_scale;               // fp16 only
  std::int64_t idle_evaluations = 0;  // in a row without improvement
  bool is_stopped_early = false;
  std::string reason_to_stop;  // of a run that is stopped early
  double grad_norm = 0;        // of the last step, before clipping
  bool is_reported = true;     // whether report and evaluation of the last step are done
};

/** The state as a checkpoint's manifest stores it, floating-point numbers exactly. `run`: see check_same_run. */
Json to_json(const TrainingState& state, const MetricsLines& metrics, const Json& run);
/** Throws Error{input} for the state of another version, and for numbers that no run can have. */
TrainingState state_from_json(const Json& json);

/** The lines of metrics.jsonl that a state counts. Throws as state_from_json(). */
MetricsLines metrics_from_json(const Json& json);

/** Throws Error{usage} naming what differs when `now`, the description of a resumed run, is not that of the checkpoint.
    Files are the same wherever they are; another number of threads is a warning. */
void check_same_run(const Json& before, const Json& now, Log& log);

}  // namespace intelia::nn
