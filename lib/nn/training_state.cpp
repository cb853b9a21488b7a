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

Json exact(const MetricSums& metrics) {
  Json json = Json::object();
  for (const auto& [name, value] : metrics) json[name] = {exact(value.sum), exact(value.weight)};
  return json;
}

}  // namespace

Json to_json(const TrainingState& s, std::int64_t optimizer_steps, std::int64_t metrics_lines, const Json& run) {
  return {{"step", s.step},
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
          {"optimizer_steps", optimizer_steps},
          {"grad_norm", exact(s.grad_norm)},
          {"is_reported", s.is_reported},
          {"metrics_lines", metrics_lines},
          {"run", run}};
}

std::int64_t count(const Json& json, const char* name) {
  constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;
  const Json& value = json.at(name);
  if (!value.is_number_integer() || value < 0 || value > kMaxCount)
    throw Error(Kind::input, std::string("the state of the checkpoint is invalid: ") + name + " is " + value.dump());
  return value;
}

TrainingState state_from_json(const Json& json) try {
  TrainingState s;
  s.step = count(json, "step");
  s.position.epoch = count(json, "epoch");
  s.position.row = count(json, "row");
  s.seen_tokens = count(json, "seen_tokens");
  s.trained_tokens = count(json, "trained_tokens");
  s.logged_loss = {from_exact(json.at("logged_loss_sum")), from_exact(json.at("logged_weight"))};
  for (const auto& [name, value] : json.at("logged_metrics").items())
    s.logged_metrics[name] = {from_exact(value.at(0)), from_exact(value.at(1))};
  s.first_loss = from_exact(json.at("first_loss"));
  s.final_loss = from_exact(json.at("final_loss"));
  s.best_eval_loss = from_exact(json.at("best_eval_loss"));
  s.best_step = count(json, "best_step");
  s.loss_scale.value = from_exact(json.at("loss_scale"));
  s.loss_scale.good_steps = count(json, "good_steps");
  s.idle_evaluations = count(json, "idle_evaluations");
  s.is_stopped_early = json.at("is_stopped_early");
  s.reason_to_stop = json.at("reason_to_stop");
  s.grad_norm = from_exact(json.at("grad_norm"));
  s.is_reported = json.at("is_reported");
  if (s.best_step > s.step) throw Error(Kind::input, "the state of the checkpoint is invalid: best_step is after step");
  if (!(s.loss_scale.value > 0) || !std::isfinite(s.loss_scale.value))
    throw Error(Kind::input, "the state of the checkpoint is invalid: loss_scale is not a positive number");
  return s;
} catch (const Json::exception&) {
  throw Error(Kind::input,
              "the checkpoint was written by another version of intelia; train into another folder, or use that "
              "version");
}

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
