#include "nn/training_state.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/error.hpp"
#include "record/json_text.hpp"

namespace intelia::nn {

namespace {

/** As a hexadecimal floating-point number, which loses no bit. */
Json exact(double number) { return fmt::format("{:a}", number); }
double from_exact(const Json& text) { return std::strtod(text.get<std::string>().c_str(), nullptr); }

void need(bool holds, const std::string& what) {
  if (!holds) throw Error(Kind::input, "the state of the checkpoint is invalid: " + what);
}

/** The number `name`, which is finite. */
double finite(const Json& json, const std::string& name) {
  const double number = from_exact(json);
  need(std::isfinite(number), name + " is not a finite number");
  return number;
}
double finite_at(const Json& json, const char* name) { return finite(json.at(name), name); }

/** The count `name`: 0 to 2^53. */
std::int64_t count(const Json& json, const char* name) {
  constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;
  const Json& value = json.at(name);
  need(value.is_number_integer() && value >= 0 && value <= kMaxCount, std::string(name) + " is " + value.dump());
  return value;
}

Json exact(const MetricSums& metrics) {
  Json json = Json::object();
  for (const auto& [name, value] : metrics) json[name] = {exact(value.sum), exact(value.weight)};
  return json;
}

}  // namespace

Json to_json(const TrainingState& s, const MetricsLines& metrics, const Json& run) {
  return {{"step", s.step},
          {"num_steps", s.num_steps},
          {"epoch", s.position.epoch},
          {"row", s.position.row},
          {"seen_tokens", s.seen_tokens},
          {"trained_tokens", s.trained_tokens},
          {"logged_loss_sum", exact(s.logged_loss.sum)},
          {"logged_weight", exact(s.logged_loss.weight)},
          {"logged_metrics", exact(s.logged_metrics)},
          {"first_loss", exact(s.first_loss)},
          {"final_loss", exact(s.final_loss)},
          {"best_eval_loss", exact(s.best_eval_loss)},
          {"best_step", s.best_step},
          {"loss_scale", exact(s.loss_scale.value)},
          {"good_steps", s.loss_scale.good_steps},
          {"idle_evaluations", s.idle_evaluations},
          {"is_stopped_early", s.is_stopped_early},
          {"reason_to_stop", s.reason_to_stop},
          {"optimizer_steps", s.optimizer_steps},
          {"grad_norm", exact(s.grad_norm)},
          {"is_reported", s.is_reported},
          {"metrics_lines", metrics.count},
          {"metrics_checksum", metrics.checksum},
          {"run", run}};
}

TrainingState state_from_json(const Json& json) try {
  TrainingState s;
  s.step = count(json, "step");
  s.num_steps = count(json, "num_steps");
  s.optimizer_steps = count(json, "optimizer_steps");
  s.position.epoch = count(json, "epoch");
  s.position.row = count(json, "row");
  s.seen_tokens = count(json, "seen_tokens");
  s.trained_tokens = count(json, "trained_tokens");
  s.logged_loss = {finite_at(json, "logged_loss_sum"), finite_at(json, "logged_weight")};
  for (const auto& [name, value] : json.at("logged_metrics").items())
    s.logged_metrics[name] = {finite(value.at(0), name), finite(value.at(1), name)};
  s.first_loss = finite_at(json, "first_loss");
  s.final_loss = finite_at(json, "final_loss");
  s.best_eval_loss = from_exact(json.at("best_eval_loss"));
  s.best_step = count(json, "best_step");
  s.loss_scale.value = finite_at(json, "loss_scale");
  s.loss_scale.good_steps = count(json, "good_steps");
  s.idle_evaluations = count(json, "idle_evaluations");
  s.is_stopped_early = json.at("is_stopped_early");
  s.reason_to_stop = json.at("reason_to_stop");
  s.grad_norm = from_exact(json.at("grad_norm"));
  s.is_reported = json.at("is_reported");
  need(s.step > 0 && s.step <= s.num_steps, "step is not between 1 and num_steps");
  need(s.best_step <= s.step, "best_step is after step");
  need(std::isfinite(s.best_eval_loss) || (std::isnan(s.best_eval_loss) && s.best_step == 0),
       "best_eval_loss is not a finite number");
  need(s.optimizer_steps <= s.step, "optimizer_steps is above step");
  need(std::isfinite(s.grad_norm) || s.optimizer_steps < s.step, "grad_norm is not a finite number");
  need(s.idle_evaluations <= s.step, "idle_evaluations is above step");
  need(s.trained_tokens <= s.seen_tokens, "trained_tokens is above seen_tokens");
  need(s.loss_scale.value > 0, "loss_scale is not above 0");
  return s;
} catch (const Json::exception&) {
  throw Error(Kind::input,
              "the checkpoint was written by another version of intelia; train into another folder, or use that "
              "version");
}

MetricsLines metrics_from_json(const Json& json) { return {count(json, "metrics_lines"), json.at("metrics_checksum")}; }

namespace {

/** Descriptions of files by name and hash: the same bytes in another folder are the same files. */
Json without_folders(Json files) {
  if (!files.is_array()) return files;
  for (Json& file : files)
    if (file.is_object() && file.contains("path") && file["path"].is_string())
      file["path"] = std::filesystem::path(file["path"].get<std::string>()).filename().string();
  return files;
}

}  // namespace

void check_same_run(const Json& before, const Json& now, Log& log) {
  for (const auto& [name, value] : now.items()) {
    const Json was = before.value(name, Json());
    if (without_folders(was) == without_folders(value)) continue;
    if (name == "threads") {
      log.warning(
          fmt::format("the checkpoint was written with {} threads and the run goes on with {}: the result may not "
                      "have the same bytes as an uninterrupted run",
                      json_text(was), json_text(value)));
      continue;
    }
    if (name == "options" && was.is_object()) {
      for (const auto& [option, setting] : value.items())
        if (!was.contains(option) || was[option] != setting)
          throw Error(Kind::usage, "`resume`: `" + option + "` was " + was.value(option, Json()).dump() +
                                       " when the checkpoint was written and is " + setting.dump() +
                                       " now; use the same value, or train into another folder");
      continue;  // options that a run may change were fixed in an earlier version
    }
    throw Error(Kind::usage, "`resume`: '" + name +
                                 "' differs from what the checkpoint was trained with; use the same, or train "
                                 "into another folder");
  }
}

}  // namespace intelia::nn
