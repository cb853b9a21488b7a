// Options of the commands that train: who is told of the run while it goes on (lib/tracking).
#pragma once

#include <memory>
#include <vector>

#include "cli/command.hpp"
#include "options/model_options.hpp"
#include "tracking/trackers.hpp"

namespace intelia {

struct TrackingOptions {
  bool tensorboard = false;
  std::string mlflow_experiment;  // empty: none
  bool mlflow_weights = false;    // sends the adapter's weights, too
  std::string wandb_project;      // empty: none
  bool plot = true;
  int samples = 0;         // prompts that the model answers at each evaluation; 0: none
  int sample_tokens = 64;  // most tokens of an answer
};

/** Prompts whose answers show how training goes. */
struct SamplePrompts {
  std::vector<std::string> names;              // conversation id, else "line 3"
  std::vector<std::vector<std::int32_t>> ids;  // up to the last answer, generation prompt included
};

/** --tensorboard --mlflow-experiment --mlflow-weights --wandb-project --plot --samples --sample-tokens. */
void declare_tracking_options(OptionTable& table, TrackingOptions& options);

/** Error{usage} when the server's address or a credential is malformed, or what Weights & Biases needs is missing. */
void check_tracking_options(const TrackingOptions& options);

/** What stands before the last answer of the first `options.samples` conversations of `path` that fit the model. */
SamplePrompts read_sample_prompts(const TrackingOptions& options, const std::filesystem::path& path,
                                  const TextSide& text, const RenderOptions& render);

/**
 * Whom `options` name, for a run that writes into `output`. `identity`: what a resumed run must find unchanged. Asks
 * the MLflow server once: Error{usage} when it refuses. `prompts`: names of those that are answered, read with
 * `tokenizer`.
 */
std::unique_ptr<Trackers> make_trackers(const TrackingOptions& options, const std::filesystem::path& output,
                                        bool resumes, const Json& identity, const std::vector<std::string>& prompts,
                                        const Tokenizer& tokenizer, const Context& context);

}  // namespace intelia
