#include "options/tracking_options.hpp"

namespace intelia {

void declare_tracking_options(OptionTable& table, TrackingSettings& settings) {
  table.add("tensorboard", settings.tensorboard, "Write event files for TensorBoard into --output").changeable();
  table
      .add("mlflow-experiment", settings.mlflow_experiment,
           "Log to this experiment of the server of MLFLOW_TRACKING_URI", "NAME")
      .changeable();
  table.add("mlflow-weights", settings.mlflow_weights, "Send the adapter's weights there, too, besides its small files")
      .changeable();
  table
      .add("wandb-project", settings.wandb_project,
           "Log to this project of Weights & Biases, through its Python client", "NAME")
      .changeable();
  table.add("plot", settings.plot, "Draw the loss: loss.svg in --output, and in the terminal").changeable();
  table
      .add("samples", settings.samples,
           "Conversations of --validation whose last answer is given anew at each evaluation (samples.jsonl)")
      .changeable();
  table.add("sample-tokens", settings.sample_tokens, "Most tokens of such an answer").changeable();
}

void check_tracking_options(const TrackingSettings& settings) {
  if (settings.samples < 0) throw Error(Kind::usage, "--samples must be 0 (none) or more");
  if (settings.sample_tokens < 1) throw Error(Kind::usage, "--sample-tokens must be at least 1");
  if (settings.mlflow_weights && settings.mlflow_experiment.empty())
    throw Error(Kind::usage, "--mlflow-weights is for --mlflow-experiment");
  check_tracking_environment(settings);
}

}  // namespace intelia
