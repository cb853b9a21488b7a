// The loss of a run over its steps, on training and validation data, as a picture: SVG for people with a browser,
// Braille characters for a terminal. Pure functions of the points: the same points give the same bytes.
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

/** A self-contained SVG document, readable on light and dark grounds. A curve of more than two thousand points is
   thinned to the lowest and highest of each stretch. */
std::string loss_svg(const LossCurves& curves, const std::string& title);

/** Lines of `width` columns: `height` of plot with the loss at its left, then one with steps and legend; each ends with
   a newline. Empty with fewer than two points. `width` at least 40. */
std::string loss_text(const LossCurves& curves, int width, int height);

}  // namespace intelia
