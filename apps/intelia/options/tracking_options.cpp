#include "options/tracking_options.hpp"

#include "tracking/mlflow.hpp"
#include "tracking/wandb.hpp"

namespace intelia {

void declare_tracking_options(OptionTable& table, TrackingSettings& settings) {
  table.add("tensorboard", settings.tensorboard, "Write TensorBoard event files to --output").changeable();
  table
      .add("mlflow-experiment", settings.mlflow_experiment,
           "Log to this experiment of the MLflow server of MLFLOW_TRACKING_URI", "NAME")
      .changeable();
  table.add("mlflow-weights", settings.mlflow_weights, "Also upload the adapter's weights to MLflow").changeable();
  table
      .add("wandb-project", settings.wandb_project,
           "Log to this project of Weights & Biases, through its Python client", "NAME")
      .changeable();
  table.add("plot", settings.plot, "Plot the loss in loss.svg in --output and in the terminal").changeable();
  table
      .add("samples", settings.samples,
           "Number of --validation conversations whose last answer is generated at each evaluation (samples.jsonl)")
      .changeable();
  table.add("sample-tokens", settings.sample_tokens, "Maximum number of tokens of such an answer").changeable();
}

void check_tracking_options(const TrackingSettings& settings) {
  if (settings.samples < 0) throw Error(Kind::usage, "--samples must be 0 (none) or more");
  if (settings.sample_tokens < 1) throw Error(Kind::usage, "--sample-tokens must be at least 1");
  if (settings.mlflow_weights && settings.mlflow_experiment.empty())
    throw Error(Kind::usage, "--mlflow-weights requires --mlflow-experiment");
  if (!settings.mlflow_experiment.empty())
    with_context("--mlflow-experiment", [] { mlflow_server_from_environment(); });
  if (!settings.wandb_project.empty()) with_context("--wandb-project", [] { check_wandb(); });
}

}  // namespace intelia
