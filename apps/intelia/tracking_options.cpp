#include "tracking_options.hpp"

#include "base/hash.hpp"
#include "tracking/loss_plot.hpp"
#include "tracking/mlflow.hpp"
#include "tracking/tensorboard.hpp"
#include "tracking/wandb.hpp"

namespace intelia {

namespace fs = std::filesystem;

void declare_tracking_options(OptionTable& table, TrackingOptions& options) {
  table.add("tensorboard", options.tensorboard, "Write event files for TensorBoard into --output");
  table.add("mlflow-experiment", options.mlflow_experiment,
            "Log to this experiment of the server of MLFLOW_TRACKING_URI", "NAME");
  table.add("wandb-project", options.wandb_project,
            "Log to this project of Weights & Biases, through its Python client", "NAME");
  table.add("plot", options.plot, "Draw the loss: loss.svg in --output, and in the terminal");
}

const std::vector<const char*>& tracking_option_names() {
  static const std::vector<const char*> names = {"tensorboard", "mlflow-experiment", "wandb-project", "plot"};
  return names;
}

void check_tracking_options(const TrackingOptions& options) {
  if (!options.mlflow_experiment.empty()) mlflow_server_from_environment();
  if (!options.wandb_project.empty()) check_wandb();
}

std::unique_ptr<Trackers> make_trackers(const TrackingOptions& options, const fs::path& output, bool resumes,
                                        const Json& identity, const Context& context) {
  const fs::path place = fs::absolute(output).lexically_normal();
  const TrackedRun run{.name = (place.has_filename() ? place : place.parent_path()).filename().string(),
                       .command = context.command,
                       .version = program_version(),
                       .settings = context.options,
                       .identity = sha256_of(identity.dump()),
                       .output = output,
                       .resumes = resumes};
  std::vector<std::unique_ptr<Tracker>> trackers;
  if (options.plot)
    trackers.push_back(make_loss_plot(run, context.sinks.progress));
  else if (std::error_code unseen; !resumes)
    fs::remove(output / "loss.svg", unseen);  // that of an earlier run
  if (options.tensorboard) trackers.push_back(make_tensorboard(run));
  if (!options.mlflow_experiment.empty())
    trackers.push_back(make_mlflow(run, mlflow_server_from_environment(), options.mlflow_experiment, context.log()));
  if (!options.wandb_project.empty()) trackers.push_back(make_wandb(run, options.wandb_project, context.log()));
  return std::make_unique<Trackers>(std::move(trackers), output / "metrics.jsonl", context.log());
}

}  // namespace intelia
