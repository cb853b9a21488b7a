// Scales, ticks and axes of plots. Pure functions: the same values give the same positions.
#pragma once

#include <string>
#include <vector>

#include "page/svg.hpp"

namespace intelia {

/** Maps values of [low, high] to positions of [from, to], in proportion; low < high. */
struct Scale {
  double low = 0, high = 1;
  double from = 0, to = 1;
  double operator()(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

/** At most about `count` round numbers (1, 2 or 5 times a power of ten apart) within [low, high]; low < high. */
std::vector<double> round_ticks(double low, double high, int count);

/** `value`, one of `ticks`, with as many digits as distinguish adjacent ticks. */
std::string tick_text(double value, const std::vector<double>& ticks);

/**
 * The axes of a plot whose `x` runs to the right and whose `y` runs up, with a grid line per tick of `y` and whole
 * numbers at the ticks of `x`. Names are text; they are also the classes "NAME-tick" of the tick labels. Classes of the
 * lines: "grid", "axis".
 */
void draw_axes(Svg& svg, const Scale& x, const std::string& x_name, const Scale& y, const std::string& y_name);

/** CSS of these classes. */
std::string axes_css();

}  // namespace intelia
