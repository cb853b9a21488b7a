// Plots of training and validation loss over the steps of a run: SVG for a browser, Braille characters for a terminal.
// Pure functions of the points: the same points give the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tracking/tracker.hpp"

namespace intelia {

struct LossPoint {
  std::int64_t step = 0;
  double loss = 0;
};

struct LossCurves {
  std::vector<LossPoint> train, validation;
  void add(const MetricsLine& line);
};

/** A self-contained SVG document, readable on light and dark backgrounds. A curve of more than two thousand points is
   reduced to the minimum and maximum of each stretch. */
std::string loss_svg(const LossCurves& curves, const std::string& title);

/** `height` lines of plot with the loss at the left, then one with steps and legend, `width` columns each, at least 40;
   each ends with a newline. Empty with fewer than two points. */
std::string loss_text(const LossCurves& curves, int width, int height);

}  // namespace intelia
