// Plots the loss during training: OUTPUT/loss.svg, and a few lines above the progress line of a terminal.
#pragma once

#include <memory>

#include "base/sinks.hpp"
#include "tracking/tracker.hpp"

namespace intelia {

std::unique_ptr<Tracker> make_loss_plot(const TrackedRun& run, Progress& progress);

}  // namespace intelia
