#include "nn/trainer.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <set>

#include "base/clock.hpp"
#include "base/counted.hpp"
#include "base/path.hpp"
#include "base/random.hpp"
#include "engine/checkpoint_folders.hpp"
#include "engine/schedule.hpp"
#include "nn/adapter.hpp"
#include "nn/checkpoint.hpp"
#include "nn/device.hpp"
#include "nn/evaluation.hpp"
#include "nn/metrics_file.hpp"
#include "nn/training_state.hpp"
#include "record/json_text.hpp"

namespace intelia::nn {

NamedTensors copies(const NamedTensors& tensors) {
  NamedTensors list;
  for (const auto& [name, tensor] : tensors) list.emplace_back(name, tensor.detach().clone());
  return list;
}

void make_gradients(const NamedTensors& parameters) {
  for (const auto& [name, parameter] : parameters) parameter.mutable_grad() = at::zeros_like(parameter);
}

namespace {

void copy_into(const NamedTensors& from, const NamedTensors& to) {
  for (std::size_t i = 0; i < from.size(); ++i) Tensor(to[i].second.detach()).copy_(from[i].second);
}

/** The rule of transformers' EarlyStoppingCallback, before `best` is updated. */
bool improves(double loss, double best, double threshold) {
  return std::isnan(best) || (loss < best && std::fabs(loss - best) > threshold);
}

std::uint64_t pass_seed(std::uint64_t seed, std::int64_t step, std::int64_t micro) {
  return Random(Random(seed + 0x51ed2701ULL * static_cast<std::uint64_t>(step)).next() +
                static_cast<std::uint64_t>(micro))
      .next();
}

/** The micro-batches of one optimizer step, and what they contain together. */
struct StepBatches {
  std::vector<NumberedBatch> batches;
  BatchSize size;
};

/** Σ weight · loss over a step and its metrics. */
struct StepLoss {
  double sum = 0;
  MetricSums metrics;
};

/** One run of the loop, and its state. */
class Trainer {
 public:
  Trainer(const TrainingTask& task, const TrainingSettings& settings, const Json& options, Sinks sinks)
      : task_(task),
        settings_(settings),
        sinks_(sinks),
        run_(options),
        parameters_(task.optimizer.parameters()),
        order_(lengths_of(sample_sizes(task.train, settings.max_length)), settings),
        num_steps_(total_steps(order_.num_rows(), settings)),
        schedule_(settings.schedule, num_steps_) {
    run_["training data"] = task.train.data_sha256();
    run_ = Json::parse(json_text(run_));  // as a checkpoint returns it: the name of a folder may not be UTF-8
  }

  TrainingSummary run();

 private:
  MetricsLines restore();
  void check_length();
  StepBatches read_step();
  StepLoss forward_backward(const StepBatches& step);
  void take_optimizer_step(const StepBatches& step);
  void count(const StepBatches& step, const StepLoss& loss);
  void report();
  std::string progress_of_interval() const;
  Json line_of_step(bool logs);
  void warn(const Assessment& assessment);
  void evaluate_step(Json& line);
  void conclude_step();
  void save();
  void replace_earlier_run();
  void tell(std::function<void(MetricsListener&)> what);
  void rotate();
  [[noreturn]] void stop_at_nonfinite(const std::string& what, const StepBatches& step);
  TrainingSummary summary() const;

  double learning_rate(std::int64_t step) const { return settings_.learning_rate * schedule_.factor(step); }
  bool is_over() const { return s_.step == num_steps_ || s_.is_stopped_early; }
  /** Whether there is a checkpoint of the current state. */
  bool is_saved() const { return saved_step_ == s_.step && saved_report_ == s_.is_reported; }
  bool is_due(std::int64_t every) const { return is_over() || (every > 0 && s_.step % every == 0); }

  const TrainingTask& task_;
  const TrainingSettings& settings_;
  Sinks sinks_;
  Json run_;
  const NamedTensors parameters_;
  DataOrder order_;
  const std::int64_t num_steps_;
  const Schedule schedule_;
  TrainingState s_;
  NamedTensors best_;  // parameters with the lowest validation loss; empty before the first evaluation
  std::optional<MetricsFile> metrics_;
  std::int64_t saved_step_ = -1;  // of the last checkpoint
  bool saved_report_ = false;
  bool has_warned_of_zero_ = false;
  std::set<std::string> warned_;  // what was said already
  bool replaces_ = false;  // the folder still holds the result of an earlier run, until this one has a checkpoint
  std::vector<std::function<void(MetricsListener&)>> untold_;  // what listeners are told then

  // For rates: when this process began to train and wrote the last line, and the tokens seen before.
  double start_seconds_ = 0, logged_seconds_ = 0;
  std::int64_t start_tokens_ = 0, logged_tokens_ = 0;
};

TrainingSummary Trainer::run() {
  const StopFlag::Grace grace(sinks_.stop);  // after a signal, a checkpoint is written
  const MetricsLines kept = restore();
  remove_nonfinite_batch(settings_.output);
  metrics_.emplace(settings_.output / "metrics.jsonl", kept, replaces_);
  if (!replaces_ && sinks_.metrics != nullptr) sinks_.metrics->begin(kept.count);
  start_seconds_ = logged_seconds_ = monotonic_seconds();
  start_tokens_ = logged_tokens_ = s_.seen_tokens;

  if (!s_.is_reported) conclude_step();
  while (!is_over()) {
    const DataPosition before = s_.position;
    try {
      const StepBatches step = read_step();
      const StepLoss loss = forward_backward(step);
      take_optimizer_step(step);
      count(step, loss);
    } catch (const Interrupted&) {  // the checkpoint is that of the last step
      s_.position = before;
      task_.optimizer.zero_grad();
    }
    conclude_step();
  }
  sinks_.progress.finish();
  if (s_.is_stopped_early)
    sinks_.log.info(fmt::format("stopped early at step {} of {}: {}", s_.step, num_steps_, s_.reason_to_stop));
  if (s_.best_step > 0) copy_into(best_, parameters_);
  task_.write_model(settings_.output);
  return summary();
}

/** Starts over, or continues from the newest complete checkpoint. Returns the lines of metrics.jsonl to keep. */
MetricsLines Trainer::restore() {
  if (!settings_.resume) {
    replaces_ = has_checkpoints(settings_.output) || is_file(settings_.output / "manifest.json");
    return {};
  }
  const auto found = find_checkpoint(settings_.output, sinks_.log);
  if (!found) {
    sinks_.log.info("there is no checkpoint to resume from; starting over");
    replaces_ = is_file(settings_.output / "manifest.json");
    return {};
  }
  check_same_run(found->state.at("run"), run_, sinks_.log);
  s_ = with_context("'" + found->folder.string() + "'", [&] { return state_from_json(found->state); });
  const bool skips_steps = task_.scales_loss;
  if (s_.step != found->step || s_.position.row > order_.num_rows() || (s_.optimizer_steps != s_.step && !skips_steps))
    throw Error(Kind::input,
                "'" + found->folder.string() + "': the state of the checkpoint does not belong to this data");
  check_length();
  read_tensors(found->folder / "parameters.safetensors", parameters_);
  read_tensors(found->folder / "optimizer.safetensors", task_.optimizer.states());
  task_.optimizer.set_num_steps(s_.optimizer_steps);
  if (s_.best_step > 0) {
    best_ = copies(parameters_);
    if (s_.best_step != s_.step) read_tensors(found->folder / "best.safetensors", best_);
  }
  rotate();  // the previous run may have been killed in the middle of it
  sinks_.log.info(fmt::format("resuming from step {} of {}", s_.step, num_steps_));
  return metrics_from_json(found->state);
}

/** Error{usage} when the run is shorter now than what is done; a warning when its schedule has another length. */
void Trainer::check_length() {
  if (s_.step > num_steps_)
    throw Error(Kind::usage, fmt::format("`resume`: {} {} done and the run has {} now; give it more "
                                         "`epochs` or `max_steps`, or train into another folder",
                                         counted(s_.step, "optimizer step"), is_or_are(s_.step), num_steps_));
  if (s_.num_steps == num_steps_) return;
  s_.is_stopped_early = false;
  sinks_.log.warning(
      fmt::format("the run had {} and has {} now: from here on the learning rate follows the "
                  "new schedule, so the result is not that of a run that had this length from the start",
                  counted(s_.num_steps, "optimizer step"), num_steps_));
}

StepBatches Trainer::read_step() {
  StepBatches step;
  for (std::vector<std::int64_t>& numbers : order_.next_step(s_.position)) {
    std::unique_ptr<MicroBatch> batch = task_.train.read(numbers);
    const BatchSize size = batch->size();
    step.size.tokens += size.tokens;
    step.size.targets += size.targets;
    step.size.weight += size.weight;
    step.batches.push_back({std::move(numbers), std::move(batch)});
  }
  return step;
}

/** Accumulates the gradients of Σ loss / Σ weight over the step. */
StepLoss Trainer::forward_backward(const StepBatches& step) {
  StepLoss total;
  const double factor = (task_.scales_loss ? s_.loss_scale.value : 1) / WeightedSum{0, step.size.weight}.divisor();
  for (std::size_t micro = 0; micro < step.batches.size(); ++micro) {
    const BatchLoss loss =
        step.batches[micro].batch->loss(pass_seed(settings_.seed, s_.step, static_cast<std::int64_t>(micro)));
    const double value = loss.sum.item<double>();
    if (!std::isfinite(value))
      stop_at_nonfinite(fmt::format("the loss of micro-batch {} is {}", micro + 1, describe_nonfinite(value)), step);
    total.sum += value;
    for (const auto& [name, metric] : loss.metrics) total.metrics[name].add(metric);
    (loss.sum * factor).backward();
  }
  return total;
}

/** Unscales, clips, and lets the optimizer step on the accumulated gradients. */
void Trainer::take_optimizer_step(const StepBatches& step) {
  Optimizer& optimizer = task_.optimizer;
  if (task_.scales_loss) optimizer.scale_gradients(1 / s_.loss_scale.value);
  s_.grad_norm = optimizer.grad_norm();
  const bool is_finite = std::isfinite(s_.grad_norm);
  // In fp16 an overflow may come from the loss scale: the step is then skipped. At scale 1 it does not.
  if (!is_finite && !(task_.scales_loss && s_.loss_scale.value > 1))
    stop_at_nonfinite(fmt::format("the gradient norm is {}", describe_nonfinite(s_.grad_norm)), step);
  if (s_.grad_norm == 0 && step.size.targets > 0 && !has_warned_of_zero_) {
    has_warned_of_zero_ = true;
    sinks_.log.warning(
        fmt::format("step {}: all gradients are exactly 0, nothing is learned: a norm or the head of the model is "
                    "all zeros, or every target already has probability 1; try a lower learning rate",
                    s_.step + 1));
  }
  if (is_finite) {
    if (settings_.max_grad_norm > 0)
      optimizer.scale_gradients(std::min(1.0, settings_.max_grad_norm / (s_.grad_norm + 1e-6)));
    optimizer.step(learning_rate(s_.step));
  }
  if (task_.scales_loss) s_.loss_scale.update(is_finite);
  optimizer.zero_grad();
}

void Trainer::count(const StepBatches& step, const StepLoss& loss) {
  const WeightedSum total{loss.sum, step.size.weight};
  ++s_.step;
  s_.seen_tokens += step.size.tokens;
  s_.trained_tokens += step.size.targets;
  s_.logged_loss.add(settings_.compat == Compat::trl ? WeightedSum{total.mean(), 1} : total);
  for (const auto& [name, metric] : loss.metrics) s_.logged_metrics[name].add(metric);
  s_.final_loss = total.mean();
  if (std::isnan(s_.first_loss)) s_.first_loss = s_.final_loss;
  s_.is_reported = false;
}

/** Writes the line of metrics.jsonl for the last step, with an evaluation where one is due. */
void Trainer::report() {
  const double now = monotonic_seconds();
  const double rate = static_cast<double>(s_.seen_tokens - start_tokens_) / (now - start_seconds_);
  const std::string assessment = progress_of_interval();
  const std::string rest = assessment.empty() ? fmt::format("  {} MiB", peak_bytes(task_.device) >> 20) : "";
  sinks_.progress.update({"step", s_.step, num_steps_,
                          fmt::format("loss {:.4f}  {}{:.0f} tokens/s{}", s_.final_loss, assessment, rate, rest)});
  const bool logs = is_due(settings_.log_every),
             evaluates = task_.validation != nullptr && is_due(settings_.eval_every);
  Json line = line_of_step(logs);
  if (evaluates) evaluate_step(line);
  if (logs) {
    s_.logged_loss = {};
    s_.logged_metrics.clear();
  }
  s_.is_reported = true;
  if (!logs && !evaluates) return;
  line["learning_rate"] = learning_rate(s_.step - 1);
  line["tokens"] = s_.seen_tokens;
  line["measured"] = {
      {"tokens_per_second", static_cast<double>(s_.seen_tokens - logged_tokens_) / (now - logged_seconds_)},
      {"seconds", now - start_seconds_},
      {"peak_bytes", peak_bytes(task_.device)}};
  const std::string text = line.dump();
  metrics_->append(text);
  tell([text](MetricsListener& listener) { listener.line(text); });
  logged_seconds_ = monotonic_seconds();
  logged_tokens_ = s_.seen_tokens;
}

/** What the objective says of the steps since the last line. */
std::string Trainer::progress_of_interval() const {
  MetricSums metrics = s_.logged_metrics;
  const std::string text = task_.train.assess(metrics).progress;
  return text.empty() ? "" : text + "  ";
}

Json Trainer::line_of_step(bool logs) {
  const std::int64_t batch_size = settings_.batch_size;
  const auto batches_of = [batch_size](std::int64_t rows) {
    return static_cast<double>((rows + batch_size - 1) / batch_size);
  };
  Json line = {
      {"step", s_.step},
      {"epoch", static_cast<double>(s_.position.epoch) + batches_of(s_.position.row) / batches_of(order_.num_rows())}};
  if (!logs) return line;
  line["loss"] = s_.logged_loss.mean();
  line["grad_norm"] = s_.grad_norm;
  MetricSums metrics = s_.logged_metrics;
  warn(task_.train.assess(metrics));
  for (const auto& [name, metric] : metrics) line[name] = metric.mean();
  if (!metrics.empty()) line["num_tokens"] = s_.seen_tokens;  // TRL's name
  return line;
}

/** Logs each warning once per run. */
void Trainer::warn(const Assessment& assessment) {
  for (const std::string& warning : assessment.warnings)
    if (warned_.insert(warning).second) sinks_.log.warning(fmt::format("step {}: {}", s_.step, warning));
}

/** Evaluates, remembers the best parameters, and decides on early stopping. */
void Trainer::evaluate_step(Json& line) {
  EvaluationResult result = evaluate(*task_.validation, settings_, s_.step, sinks_);
  const Assessment assessment = task_.validation->assess(result.metrics);
  warn(assessment);
  if (task_.sample && sinks_.metrics != nullptr)
    tell([step = s_.step, answers = task_.sample()](MetricsListener& listener) { listener.answers(step, answers); });
  line["eval_loss"] = result.loss;
  const bool is_best = std::isnan(s_.best_eval_loss) || result.loss < s_.best_eval_loss;
  sinks_.log.info(fmt::format("step {}: training loss {:.4f}, validation loss {:.4f}{}{}{}", s_.step, s_.final_loss,
                              result.loss, is_best ? " (lowest so far)" : "",
                              assessment.progress.empty() ? "" : "  held out: ", assessment.progress));
  for (const auto& [name, metric] : result.metrics) line["eval_" + name] = metric.mean();
  if (!result.metrics.empty()) line["eval_num_tokens"] = s_.seen_tokens;
  s_.idle_evaluations =
      improves(result.loss, s_.best_eval_loss, settings_.early_stopping_threshold) ? 0 : s_.idle_evaluations + 1;
  const bool is_idle = settings_.early_stopping > 0 && s_.idle_evaluations >= settings_.early_stopping;
  s_.is_stopped_early = (is_idle || !assessment.reason_to_stop.empty()) && s_.step < num_steps_;
  if (s_.is_stopped_early)
    s_.reason_to_stop = assessment.reason_to_stop.empty()
                            ? fmt::format("no improvement in {} consecutive evaluations", s_.idle_evaluations)
                            : assessment.reason_to_stop;
  if (!is_best) return;
  s_.best_eval_loss = result.loss;
  s_.best_step = s_.step;
  if (best_.empty())
    best_ = copies(parameters_);
  else
    copy_into(parameters_, best_);
}

/** After a step: report, save where that is due, and stop when asked to. */
void Trainer::conclude_step() {
  try {
    if (!s_.is_reported) report();
  } catch (const Interrupted&) {  // an evaluation was interrupted: the checkpoint says that the report is still due
  }
  const bool stops = sinks_.stop.is_set(), is_asked = sinks_.stop.take_checkpoint_request();
  if (stops && s_.step == 0) {
    sinks_.progress.finish();
    throw Interrupted(sinks_.stop.signal_number(), "training was interrupted before the first step");
  }
  if ((is_due(settings_.save_every) || stops || is_asked) && !is_saved()) save();
  if (is_asked) sinks_.log.info(fmt::format("checkpoint of step {} written, as requested by a signal", s_.step));
  if (stops && (!is_over() || !s_.is_reported)) {
    sinks_.progress.finish();
    throw Interrupted(sinks_.stop.signal_number(),
                      fmt::format("stopped after step {} of {}; a checkpoint is written, use `resume` to continue",
                                  s_.step, num_steps_));
  }
}

void Trainer::save() {
  std::vector<CheckpointPart> parts{{"parameters.safetensors", parameters_},
                                    {"optimizer.safetensors", task_.optimizer.states()}};
  if (s_.best_step > 0 && s_.best_step != s_.step) parts.push_back({"best.safetensors", best_});
  s_.num_steps = num_steps_;
  s_.optimizer_steps = task_.optimizer.num_steps();
  save_checkpoint(settings_.output, s_.step, to_json(s_, metrics_->sync(), run_), parts, task_.write_model,
                  [&] { replace_earlier_run(); });
  saved_step_ = s_.step;
  saved_report_ = s_.is_reported;
  rotate();
}

/** Removes what an earlier run left in the folder, now that this one has something in its place. */
void Trainer::replace_earlier_run() {
  if (!replaces_) return;
  replaces_ = false;
  if (sinks_.metrics != nullptr) sinks_.metrics->begin(0);
  remove_checkpoints(settings_.output);
  metrics_->publish();
  for (const auto& what : untold_)
    if (sinks_.metrics != nullptr) what(*sinks_.metrics);
  untold_.clear();
}

/** Tells the listener, once the folder belongs to this run. */
void Trainer::tell(std::function<void(MetricsListener&)> what) {
  if (sinks_.metrics == nullptr) return;
  if (replaces_)
    untold_.push_back(std::move(what));
  else
    what(*sinks_.metrics);
}

void Trainer::rotate() {
  rotate_checkpoints(settings_.output, settings_.keep, s_.step, s_.best_step, [&](std::int64_t step) {
    return step == num_steps_ || (s_.is_stopped_early && step == s_.step) ||
           (settings_.save_every > 0 && step % settings_.save_every == 0);
  });
}

/** Ends the run because `what` is not finite, with the samples of the step written out. */
void Trainer::stop_at_nonfinite(const std::string& what, const StepBatches& step) {
  std::vector<std::vector<SampleLoss>> losses;
  for (const NumberedBatch& item : step.batches) losses.push_back(item.batch->scores(item.batch->evaluate()).losses);
  const std::int64_t number = s_.step + 1;
  throw Error(
      Kind::internal,
      fmt::format("step {}: {}; training stops, the last checkpoint is kept, {}; try a lower `learning_rate` or "
                  "another `precision`, and check that the model's weights are finite",
                  number, what, write_nonfinite_batch(settings_.output, what, number, step.batches, losses)));
}

TrainingSummary Trainer::summary() const {
  TrainingSummary summary;
  summary.steps = s_.step;
  summary.trained_tokens = s_.trained_tokens;
  summary.seen_tokens = s_.seen_tokens;
  summary.first_loss = s_.first_loss;
  summary.final_loss = s_.final_loss;
  summary.best_eval_loss = s_.best_eval_loss;
  summary.best_step = s_.best_step;
  summary.is_stopped_early = s_.is_stopped_early;
  summary.reason_to_stop = s_.is_stopped_early ? s_.reason_to_stop : "";
  for (const auto& [name, parameter] : parameters_) summary.trainable_parameters += parameter.numel();
  summary.seconds = monotonic_seconds() - start_seconds_;
  summary.tokens_per_second = static_cast<double>(s_.seen_tokens - start_tokens_) / std::max(1e-9, summary.seconds);
  summary.peak_bytes = peak_bytes(task_.device);
  return summary;
}

}  // namespace

TrainingSummary train(const TrainingTask& task, const TrainingSettings& settings, const Json& run, Sinks sinks) {
  return Trainer(task, settings, run, sinks).run();
}

}  // namespace intelia::nn
