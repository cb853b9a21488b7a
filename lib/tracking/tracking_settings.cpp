#include "tracking/tracking_settings.hpp"

#include "base/held_folder.hpp"
#include "tracking/loss_plot.hpp"
#include "tracking/mlflow.hpp"
#include "tracking/sample_log.hpp"
#include "tracking/tensorboard.hpp"
#include "tracking/wandb.hpp"

namespace intelia {

namespace fs = std::filesystem;

std::unique_ptr<Trackers> make_trackers(const TrackingSettings& settings, const TrackedRun& run, AnswerTexts texts,
                                        const Sinks& sinks) {
  std::vector<std::unique_ptr<Tracker>> trackers;
  const auto remove_earlier = [&](const char* name) {
    std::error_code ignored;
    if (!run.resumes) fs::remove(held_entry(run.output / name), ignored);
  };
  if (settings.plot)
    trackers.push_back(make_loss_plot(run, sinks.progress));
  else
    remove_earlier("loss.svg");
  if (!texts.prompts.empty())
    trackers.push_back(make_sample_log(run, sinks.log));
  else
    remove_earlier("samples.jsonl");
  if (settings.tensorboard) trackers.push_back(make_tensorboard(run));
  if (!settings.mlflow_experiment.empty())
    trackers.push_back(make_mlflow(run, mlflow_server_from_environment(), settings.mlflow_experiment,
                                   settings.mlflow_weights, sinks.log));
  if (!settings.wandb_project.empty()) trackers.push_back(make_wandb(run, settings.wandb_project, sinks.log));
  return std::make_unique<Trackers>(std::move(trackers), run.output / "metrics.jsonl", std::move(texts), sinks.log);
}

}  // namespace intelia
