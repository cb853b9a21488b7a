#include "page/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "page/markup.hpp"

namespace intelia {

std::vector<double> round_ticks(double low, double high, int count) {
  const double raw = (high - low) / std::max(1, count);
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw * (1 - 1e-9)) {
      step = factor * power;
      break;
    }
  std::vector<double> ticks;
  for (auto i = static_cast<std::int64_t>(std::ceil(low / step - 1e-9));
       static_cast<double>(i) * step <= high + 1e-9 * step; ++i)
    ticks.push_back(static_cast<double>(i) * step);
  return ticks;
}

std::string tick_text(double value, const std::vector<double>& ticks) {
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : value;
  const int digits = step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9) : 0;
  return fmt::format("{:.{}f}", value, digits);
}

void draw_axes(Svg& svg, const Scale& x, const std::string& x_name, const Scale& y, const std::string& y_name) {
  constexpr int kTicksOfY = 6, kTicksOfX = 8;
  const std::vector<double> y_ticks = round_ticks(y.low, y.high, kTicksOfY);
  const std::string y_class = fmt::format("class=\"{}-tick\" dy=\"0.35em\" text-anchor=\"end\"", y_name);
  for (const double value : y_ticks) {
    svg.line("class=\"grid\"", x.from, y(value), x.to, y(value));
    svg.text(y_class, x.from - 8, y(value), tick_text(value, y_ticks));
  }
  const std::string x_class = fmt::format("class=\"{}-tick\" text-anchor=\"middle\"", x_name);
  for (const double value : round_ticks(x.low, x.high, kTicksOfX)) {
    if (value != std::round(value)) continue;
    svg.line("class=\"axis\"", x(value), y.from, x(value), y.from + 4);
    svg.text(x_class, x(value), y.from + 18, fmt::format("{:.0f}", value));
  }
  svg.line("class=\"axis\"", x.from, y.from, x.to, y.from);
  svg.line("class=\"axis\"", x.from, y.to, x.from, y.from);
  svg.text("text-anchor=\"middle\"", (x.from + x.to) / 2, svg.height() - 10, x_name);
  svg.markup(fmt::format("<text transform=\"translate(16 {:.2f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
                         (y.from + y.to) / 2, escape_markup(y_name)));
}

std::string axes_css() {
  return "text{fill:currentColor}\n"
         ".grid{stroke:currentColor;stroke-opacity:.15}\n"
         ".axis{stroke:currentColor;stroke-opacity:.6}\n";
}

}  // namespace intelia
