// Settings of the tracking of a training run, and the trackers that they name.
#pragma once

#include <memory>
#include <string>

#include "base/sinks.hpp"
#include "tracking/trackers.hpp"

namespace intelia {

struct TrackingSettings {
  bool tensorboard = false;
  std::string mlflow_experiment;  // empty: none
  bool mlflow_weights = false;    // uploads the adapter's weights, too
  std::string wandb_project;      // empty: none
  bool plot = true;
  int samples = 0;         // prompts that the model answers at each evaluation; 0: none
  int sample_tokens = 64;  // maximum number of new tokens of such an answer
};

/**
 * The trackers that `settings` name for `run`. Contacts the MLflow server once: Error{usage} when it refuses. Files
 * that an earlier run left and this one does not write are removed.
 */
std::unique_ptr<Trackers> make_trackers(const TrackingSettings& settings, const TrackedRun& run, AnswerTexts texts,
                                        const Sinks& sinks);

}  // namespace intelia
