#include "nn/trainer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <limits>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "engine/schedule.hpp"
#include "nn/adapter.hpp"
#include "nn/checkpoint.hpp"
#include "nn/device.hpp"
#include "nn/loss_scale.hpp"
#include "nn/order.hpp"
#include "nn/suspects.hpp"

namespace intelia::nn {

namespace fs = std::filesystem;

double target_weight(const TokenSample& sample) {
  if (sample.weights.empty()) return static_cast<double>(size_of(sample).targets);
  double sum = 0;
  for (std::size_t i = 1; i < sample.is_target.size(); ++i)
    if (sample.is_target[i] != 0) sum += sample.weights[i];
  return sum;
}

std::int64_t evaluation_batch_size(const SftSettings& settings) {
  constexpr std::int64_t kOfTransformers = 8;
  return settings.compat == Compat::trl ? kOfTransformers : 2 * static_cast<std::int64_t>(settings.batch_size);
}

NamedTensors copies(const NamedTensors& tensors) {
  NamedTensors list;
  for (const auto& [name, tensor] : tensors) list.emplace_back(name, tensor.detach().clone());
  return list;
}

void make_gradients(const NamedTensors& parameters) {
  for (const auto& [name, parameter] : parameters) parameter.mutable_grad() = at::zeros_like(parameter);
}

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/** metrics.jsonl: appended line by line; on resume cut back to the lines that the checkpoint knew. */
class MetricsFile {
 public:
  MetricsFile(const fs::path& path, std::int64_t num_lines) : path_(path), num_lines_(num_lines) {
    std::int64_t num_bytes = 0;
    if (num_lines > 0) {
      LineReader lines(path);
      for (std::int64_t i = 0; i < num_lines; ++i) {
        const auto line = lines.next();
        if (!line)
          throw Error(Kind::input, "'" + path.string() + "' has fewer lines than the checkpoint knew; it was changed");
        num_bytes += static_cast<std::int64_t>(line->size()) + 1;
      }
    }
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file_ < 0 || ::ftruncate(file_, num_bytes) != 0 || ::lseek(file_, 0, SEEK_END) < 0) fail();
  }
  ~MetricsFile() { ::close(file_); }
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  void append(std::string text) {
    text += "\n";
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t num_written = ::write(file_, text.data() + done, text.size() - done);
      if (num_written < 0 && errno != EINTR) fail();
      done += static_cast<std::size_t>(std::max<ssize_t>(num_written, 0));
    }
    ++num_lines_;
  }
  /** Makes what was appended durable and says how many lines there are. */
  std::int64_t sync() {
    if (::fsync(file_) != 0) fail();
    return num_lines_;
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(Kind::io, "cannot write '" + path_.string() + "': " + system_message(errno));
  }
  fs::path path_;
  int file_ = -1;
  std::int64_t num_lines_ = 0;
};

/** Everything that a resumed run must know besides parameters and optimizer states. */
struct State {
  std::int64_t step = 0;
  DataPosition position;
  std::int64_t seen_tokens = 0, trained_tokens = 0;
  double logged_loss_sum = 0;  // since the last line of metrics.jsonl
  double logged_weight = 0;    // what that sum is divided by
  double first_loss = kNaN, final_loss = kNaN, best_eval_loss = kNaN;
  std::int64_t best_step = 0;
  LossScale loss_scale;               // fp16 only
  std::int64_t idle_evaluations = 0;  // in a row without improvement
  bool is_stopped_early = false;
  double grad_norm = 0;     // of the last update, before clipping
  bool is_reported = true;  // whether the last update's report and evaluation are done
};

/** Doubles as their bits: a resumed run must go on from exactly these. */
Json exact(double number) { return fmt::format("{:a}", number); }
double from_exact(const Json& text) { return std::strtod(text.get<std::string>().c_str(), nullptr); }

Json to_json(const State& s, std::int64_t num_updates, std::int64_t metrics_lines, const Json& run) {
  return {{"step", s.step},
          {"epoch", s.position.epoch},
          {"place", s.position.place},
          {"seen_tokens", s.seen_tokens},
          {"trained_tokens", s.trained_tokens},
          {"logged_loss_sum", exact(s.logged_loss_sum)},
          {"logged_weight", exact(s.logged_weight)},
          {"first_loss", exact(s.first_loss)},
          {"final_loss", exact(s.final_loss)},
          {"best_eval_loss", exact(s.best_eval_loss)},
          {"best_step", s.best_step},
          {"loss_scale", exact(s.loss_scale.value)},
          {"good_updates", s.loss_scale.good_updates},
          {"idle_evaluations", s.idle_evaluations},
          {"is_stopped_early", s.is_stopped_early},
          {"num_updates", num_updates},
          {"grad_norm", exact(s.grad_norm)},
          {"is_reported", s.is_reported},
          {"metrics_lines", metrics_lines},
          {"run", run}};
}

State from_json(const Json& json) {
  State s;
  s.step = json.at("step");
  s.position.epoch = json.at("epoch");
  s.position.place = json.at("place");
  s.seen_tokens = json.at("seen_tokens");
  s.trained_tokens = json.at("trained_tokens");
  s.logged_loss_sum = from_exact(json.at("logged_loss_sum"));
  s.logged_weight = from_exact(json.at("logged_weight"));
  s.first_loss = from_exact(json.at("first_loss"));
  s.final_loss = from_exact(json.at("final_loss"));
  s.best_eval_loss = from_exact(json.at("best_eval_loss"));
  s.best_step = json.at("best_step");
  s.loss_scale.value = from_exact(json.at("loss_scale"));
  s.loss_scale.good_updates = json.at("good_updates");
  s.idle_evaluations = json.at("idle_evaluations");
  s.is_stopped_early = json.at("is_stopped_early");
  s.grad_norm = from_exact(json.at("grad_norm"));
  s.is_reported = json.at("is_reported");
  return s;
}

/** Refuses a resumed run that is not the same one, naming what changed. */
void check_same_run(const Json& before, const Json& now) {
  for (const auto& [name, value] : now.items()) {
    if (before.contains(name) && before[name] == value) continue;
    if (name == "options" && before.contains(name)) {
      for (const auto& [option, setting] : value.items())
        if (!before[name].contains(option) || before[name][option] != setting)
          throw Error(Kind::usage, "--resume: --" + option + " was " + before[name].value(option, Json()).dump() +
                                       " when the checkpoint was written and is " + setting.dump() +
                                       " now; use the same, or start anew without --resume");
    }
    throw Error(Kind::usage, "--resume: '" + name +
                                 "' is not what the checkpoint was trained with; use the same, or start anew "
                                 "without --resume");
  }
}

void copy_into(const NamedTensors& from, const NamedTensors& to) {
  for (std::size_t i = 0; i < from.size(); ++i) Tensor(to[i].second.detach()).copy_(from[i].second);
}

/** transformers' EarlyStoppingCallback: asked before `best` takes the new loss in. */
bool improves(double loss, double best, double threshold) {
  return std::isnan(best) || (loss < best && std::fabs(loss - best) > threshold);
}

/** Ends the run because `what` is no number, with the samples of the update written out. */
[[noreturn]] void stop_at_nan(const std::string& what, std::int64_t step, const Recipe& recipe, const fs::path& output,
                              const std::vector<NumberedSamples>& window) {
  std::vector<std::vector<SampleLoss>> losses;
  for (const NumberedSamples& batch : window) losses.push_back(recipe.score(batch.samples));
  throw Error(Kind::internal,
              fmt::format("step {}: {}; training stops, the last checkpoint is kept, {}; try a lower "
                          "--learning-rate or another --precision, and see whether the model's own weights are finite",
                          step, what, write_suspects(output, what, step, window, losses)));
}

std::uint64_t pass_seed(std::uint64_t seed, std::int64_t step, std::int64_t micro) {
  return Random(Random(seed + 0x51ed2701ULL * static_cast<std::uint64_t>(step)).next() +
                static_cast<std::uint64_t>(micro))
      .next();
}

}  // namespace

SftSummary train(const Recipe& recipe, Optimizer& optimizer, const SftSettings& settings, const SampleSource& samples,
                 const at::Device& device, bool scales_loss, const Json& options, Sinks sinks) {
  Json run = options;
  run["training data"] = samples.content_sha256();
  DataOrder order(sample_lengths(samples), settings);
  const std::int64_t num_steps = total_updates(order.num_rows(), settings);
  const Schedule schedule(settings.schedule, num_steps);
  const std::int64_t micros_an_epoch = (order.num_rows() + settings.batch_size - 1) / settings.batch_size;
  const NamedTensors parameters = optimizer.parameters();
  State s;
  NamedTensors best;
  std::int64_t metrics_lines = 0;

  const auto rotate = [&] {
    rotate_checkpoints(settings.output, settings.keep, s.step, s.best_step, [&](std::int64_t step) {
      return step == num_steps || (s.is_stopped_early && step == s.step) ||
             (settings.save_every > 0 && step % settings.save_every == 0);
    });
  };

  // Where to begin: anew, or where the newest whole checkpoint left off.
  if (settings.resume) {
    if (const auto found = find_checkpoint(settings.output, sinks.log)) {
      check_same_run(found->state.at("run"), run);
      s = from_json(found->state);
      metrics_lines = found->state.at("metrics_lines");
      read_tensors(found->folder / "parameters.safetensors", parameters);
      read_tensors(found->folder / "optimizer.safetensors", optimizer.states());
      optimizer.set_num_updates(found->state.at("num_updates"));
      if (s.best_step > 0) {
        best = copies(parameters);
        if (s.best_step != s.step) read_tensors(found->folder / "best.safetensors", best);
      }
      rotate();  // the run before may have been killed in the middle of it
      sinks.log.info(fmt::format("going on from step {} of {}", s.step, num_steps));
    } else {
      sinks.log.info("there is no checkpoint to go on from; starting anew");
    }
  } else {
    remove_checkpoints(settings.output);
  }
  remove_suspects(settings.output);
  MetricsFile metrics(settings.output / "metrics.jsonl", metrics_lines);
  if (sinks.metrics != nullptr) sinks.metrics->begin(metrics_lines);

  const auto save = [&] {
    std::vector<CheckpointPart> parts{{"parameters.safetensors", parameters},
                                      {"optimizer.safetensors", optimizer.states()}};
    if (s.best_step > 0 && s.best_step != s.step) parts.push_back({"best.safetensors", best});
    save_checkpoint(settings.output, s.step, to_json(s, optimizer.num_updates(), metrics.sync(), run), parts,
                    recipe.write_model);
    rotate();
  };
  const auto learning_rate_of = [&](std::int64_t step) { return settings.learning_rate * schedule.factor(step); };
  const auto is_over = [&] { return s.step == num_steps || s.is_stopped_early; };
  const auto is_due = [&](std::int64_t every) { return is_over() || (every > 0 && s.step % every == 0); };

  const double started = monotonic_seconds();
  const std::int64_t tokens_before = s.seen_tokens;
  double last_logged = started;
  std::int64_t last_tokens = s.seen_tokens;
  // The line of metrics.jsonl for the update just done, with evaluation where that is due. An evaluation can be
  // interrupted; the checkpoint then says that this is still to be done.
  const auto report = [&] {
    const double now = monotonic_seconds();
    const double rate = static_cast<double>(s.seen_tokens - tokens_before) / (now - started);
    sinks.progress.update(
        {"step", s.step, num_steps,
         fmt::format("loss {:.4f}  {:.0f} tokens/s  {} MiB", s.final_loss, rate, peak_bytes(device) >> 20)});
    const bool logs = is_due(settings.log_every), evaluates = recipe.evaluate && is_due(settings.eval_every);
    Json line = {{"step", s.step},
                 {"epoch", static_cast<double>(s.position.epoch) +
                               static_cast<double>((s.position.place + settings.batch_size - 1) / settings.batch_size) /
                                   static_cast<double>(micros_an_epoch)}};
    if (logs) {
      line["loss"] = s.logged_loss_sum / divisor_of(s.logged_weight);
      line["grad_norm"] = s.grad_norm;
    }
    if (evaluates) {
      const double eval_loss = recipe.evaluate(s.step);
      if (recipe.sample && sinks.metrics != nullptr) sinks.metrics->answers(s.step, recipe.sample());
      line["eval_loss"] = eval_loss;
      s.idle_evaluations =
          improves(eval_loss, s.best_eval_loss, settings.early_stopping_threshold) ? 0 : s.idle_evaluations + 1;
      s.is_stopped_early =
          settings.early_stopping > 0 && s.idle_evaluations >= settings.early_stopping && s.step < num_steps;
      if (std::isnan(s.best_eval_loss) || eval_loss < s.best_eval_loss) {
        s.best_eval_loss = eval_loss;
        s.best_step = s.step;
        if (best.empty())
          best = copies(parameters);
        else
          copy_into(parameters, best);
      }
    }
    if (logs) {
      s.logged_loss_sum = 0;
      s.logged_weight = 0;
    }
    s.is_reported = true;
    if (!logs && !evaluates) return;
    line["learning_rate"] = learning_rate_of(s.step - 1);
    line["tokens"] = s.seen_tokens;
    line["measured"] = {{"tokens_per_second", static_cast<double>(s.seen_tokens - last_tokens) / (now - last_logged)},
                        {"seconds", now - started},
                        {"peak_bytes", peak_bytes(device)}};
    const std::string text = line.dump();
    metrics.append(text);
    if (sinks.metrics != nullptr) sinks.metrics->line(text);
    last_logged = monotonic_seconds();
    last_tokens = s.seen_tokens;
  };
  // What follows an update: report, save where that is due, stop where that was asked for.
  const auto conclude = [&] {
    try {
      if (!s.is_reported) report();
    } catch (const Interrupted&) {
    }
    const bool stops = sinks.stop.is_set(), is_asked = sinks.stop.take_checkpoint_request();
    if (is_due(settings.save_every) || stops || is_asked) save();
    if (is_asked) sinks.log.info(fmt::format("checkpoint of step {} written, as a signal asked", s.step));
    if (stops && (!is_over() || !s.is_reported)) {
      sinks.progress.finish();
      throw Interrupted(sinks.stop.signal_number(),
                        fmt::format("stopped after step {} of {}; a checkpoint is written, --resume goes on from it",
                                    s.step, num_steps));
    }
  };

  bool has_warned_of_zero = false;
  if (!s.is_reported) conclude();
  while (!is_over()) {
    // The window of one update: its micro-batches, and the weight of all targets that normalises their losses.
    std::vector<NumberedSamples> window;
    std::int64_t window_targets = 0, window_tokens = 0;
    double window_weight = 0;
    for (std::vector<std::int64_t>& numbers : order.next_window(s.position)) {
      std::vector<TokenSample>& batch = window.emplace_back(NumberedSamples{std::move(numbers), {}}).samples;
      for (const std::int64_t number : window.back().numbers) {
        batch.push_back(samples.at(number));
        const SampleSize size = size_of(batch.back());
        window_targets += size.targets;
        window_weight += target_weight(batch.back());
        window_tokens += size.tokens;
      }
    }

    // Forward and backward of each, every loss divided by that weight.
    double loss_sum = 0;
    for (std::size_t micro = 0; micro < window.size(); ++micro) {
      const Tensor loss =
          recipe.loss_sum(window[micro].samples, pass_seed(settings.seed, s.step, static_cast<std::int64_t>(micro)));
      const double value = loss.item<double>();
      if (!std::isfinite(value))
        stop_at_nan(fmt::format("the loss of micro-batch {} is {}", micro + 1, kind_of_no_number(value)), s.step + 1,
                    recipe, settings.output, window);
      loss_sum += value;
      const double scale = (scales_loss ? s.loss_scale.value : 1) / divisor_of(window_weight);
      (loss * scale).backward();
    }
    const double window_loss = loss_sum / divisor_of(window_weight);

    // Clip, step.
    if (scales_loss) optimizer.scale_gradients(1 / s.loss_scale.value);
    s.grad_norm = optimizer.grad_norm();
    const bool is_finite = std::isfinite(s.grad_norm);
    // In fp16 the scale may have been too large for this update, which is then left out; at 1 it is not the scale's
    // doing.
    if (!is_finite && !(scales_loss && s.loss_scale.value > 1))
      stop_at_nan(fmt::format("the gradient's norm is {}", kind_of_no_number(s.grad_norm)), s.step + 1, recipe,
                  settings.output, window);
    if (s.grad_norm == 0 && window_targets > 0 && !has_warned_of_zero) {
      has_warned_of_zero = true;
      sinks.log.warning(
          fmt::format("step {}: every gradient is exactly 0, nothing is learned: a norm or the head of the model is "
                      "all zeros, or every target is certain already; try a lower --learning-rate",
                      s.step + 1));
    }
    if (is_finite) {
      if (settings.max_grad_norm > 0)
        optimizer.scale_gradients(std::min(1.0, settings.max_grad_norm / (s.grad_norm + 1e-6)));
      optimizer.step(learning_rate_of(s.step));
    }
    if (scales_loss) s.loss_scale.update(is_finite);
    optimizer.zero_grad();

    // Count.
    ++s.step;
    s.seen_tokens += window_tokens;
    s.trained_tokens += window_targets;
    const bool averages_updates = settings.compat == Compat::trl;
    s.logged_loss_sum += averages_updates ? window_loss : loss_sum;
    s.logged_weight += averages_updates ? 1 : window_weight;
    s.final_loss = window_loss;
    if (std::isnan(s.first_loss)) s.first_loss = window_loss;
    s.is_reported = false;
    conclude();
  }
  sinks.progress.finish();
  if (s.is_stopped_early)
    sinks.log.info(fmt::format("stopped early at step {} of {}: {} evaluations in a row brought no improvement", s.step,
                               num_steps, s.idle_evaluations));

  if (s.best_step > 0) copy_into(best, parameters);
  recipe.write_model(settings.output);
  SftSummary summary;
  summary.steps = s.step;
  summary.trained_tokens = s.trained_tokens;
  summary.seen_tokens = s.seen_tokens;
  summary.first_loss = s.first_loss;
  summary.final_loss = s.final_loss;
  summary.best_eval_loss = s.best_eval_loss;
  summary.best_step = s.best_step;
  summary.is_stopped_early = s.is_stopped_early;
  for (const auto& [name, parameter] : parameters) summary.trainable_parameters += parameter.numel();
  summary.seconds = monotonic_seconds() - started;
  summary.tokens_per_second = static_cast<double>(s.seen_tokens - tokens_before) / std::max(1e-9, summary.seconds);
  summary.peak_bytes = peak_bytes(device);
  return summary;
}

}  // namespace intelia::nn
