#include "tracking/loss_curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "page/axes.hpp"
#include "page/document.hpp"

namespace intelia {

void LossCurves::add(const MetricsLine& line) {
  if (const double loss = line.scalar("loss"); std::isfinite(loss)) train.push_back({line.step, loss});
  if (const double loss = line.scalar("eval_loss"); std::isfinite(loss)) validation.push_back({line.step, loss});
}

namespace {

/** The range that is shown. */
struct Frame {
  double first_step = 0, last_step = 1, lowest = 0, highest = 1;
};

Frame frame_of(const LossCurves& curves) {
  Frame frame{1e300, -1e300, 1e300, -1e300};
  for (const auto* points : {&curves.train, &curves.validation})
    for (const LossPoint& point : *points) {
      frame.first_step = std::min(frame.first_step, static_cast<double>(point.step));
      frame.last_step = std::max(frame.last_step, static_cast<double>(point.step));
      frame.lowest = std::min(frame.lowest, point.loss);
      frame.highest = std::max(frame.highest, point.loss);
    }
  if (frame.first_step > frame.last_step) return {};
  if (frame.first_step == frame.last_step) frame.last_step += 1;
  const double margin =
      frame.highest > frame.lowest ? 0.04 * (frame.highest - frame.lowest) : std::max(0.1, 0.1 * frame.highest);
  frame.lowest = std::max(0.0, frame.lowest - margin);
  frame.highest += margin;
  return frame;
}

/** At most about `2 * num_stretches` of `points`: the minimum and maximum of each stretch, in order, and both ends. */
std::vector<LossPoint> thinned(const std::vector<LossPoint>& points, std::size_t num_stretches) {
  if (points.size() <= 2 * num_stretches) return points;
  std::vector<LossPoint> kept{points.front()};
  const auto is_lower = [](const LossPoint& a, const LossPoint& b) { return a.loss < b.loss; };
  for (std::size_t i = 0; i < num_stretches; ++i) {
    const auto begin = points.begin() + static_cast<std::ptrdiff_t>(i * points.size() / num_stretches);
    const auto end = points.begin() + static_cast<std::ptrdiff_t>((i + 1) * points.size() / num_stretches);
    const auto [low, high] = std::minmax_element(begin, end, is_lower);
    for (const auto& extreme : {std::min(low, high), std::max(low, high)})
      if (extreme->step > kept.back().step) kept.push_back(*extreme);
  }
  if (points.back().step > kept.back().step) kept.push_back(points.back());
  return kept;
}

}  // namespace

std::string loss_svg(const LossCurves& curves, const std::string& title) {
  constexpr double kWidth = 720, kHeight = 400, kLeft = 64, kRight = 16, kTop = 40, kBottom = 48;
  const Frame frame = frame_of(curves);
  const Scale x{frame.first_step, frame.last_step, kLeft, kWidth - kRight};
  const Scale y{frame.lowest, frame.highest, kHeight - kBottom, kTop};
  Svg svg(kWidth, kHeight);
  svg.text("font-size=\"14\"", kLeft, 22, title);
  draw_axes(svg, x, "step", y, "loss");

  // Curves, and a legend at the top right; the points of a short curve are drawn as dots, too.
  const auto draw = [&](const char* name, const std::vector<LossPoint>& points, double legend_x) {
    if (points.empty()) return;
    const std::string line = fmt::format("class=\"{}\"", name);
    std::vector<std::pair<double, double>> places;
    for (const LossPoint& point : thinned(points, 1000))
      places.emplace_back(x(static_cast<double>(point.step)), y(point.loss));
    svg.polyline(line, places);
    if (points.size() <= 100)
      for (std::size_t i = 0; i < points.size(); ++i)
        svg.circle(line, places[i].first, places[i].second, 2,
                   fmt::format("step {}: {:.4f}", points[i].step, points[i].loss));
    svg.polyline(fmt::format("{} data-legend=\"{}\"", line, name), {{legend_x, 18}, {legend_x + 24, 18}});
    svg.text("", legend_x + 30, 22, name);
  };
  draw("train", curves.train, kWidth - kRight - 170);
  draw("validation", curves.validation, kWidth - kRight - 95);
  return svg.document(title, palette_css("svg") + axes_css() +
                                 "svg{color:var(--text);background:var(--page);font:12px system-ui,sans-serif}\n"
                                 "polyline{fill:none;stroke-width:1.75;stroke-linejoin:round}\n"
                                 ".train{stroke:var(--blue)}.validation{stroke:var(--orange)}\n"
                                 "circle.train{fill:var(--blue)}circle.validation{fill:var(--orange)}\n");
}

std::string loss_text(const LossCurves& curves, int width, int height) {
  if (curves.train.size() < 2 && curves.validation.size() < 2) return "";
  constexpr int kLabel = 9;  // columns of the loss labels and the axis
  const Frame frame = frame_of(curves);
  const int num_columns = width - kLabel;
  std::vector<std::string> cells(static_cast<std::size_t>(num_columns * height),
                                 std::string(1, '\0'));  // bits of the dots, or a mark
  // Each cell of Braille is two dots wide and four high; U+2800 plus these bits (Unicode, "Braille Patterns").
  static constexpr unsigned char kBits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  const int dots_wide = 2 * num_columns, dots_high = 4 * height;
  const auto column_of = [&](double step) {
    return std::clamp(
        static_cast<int>((step - frame.first_step) / (frame.last_step - frame.first_step) * (dots_wide - 1) + 0.5), 0,
        dots_wide - 1);
  };
  const auto row_of = [&](double loss) {
    return std::clamp(static_cast<int>((frame.highest - loss) / (frame.highest - frame.lowest) * (dots_high - 1) + 0.5),
                      0, dots_high - 1);
  };
  const auto set = [&](int column, int row) {
    std::string& cell = cells[static_cast<std::size_t>(row / 4 * num_columns + column / 2)];
    cell[0] = static_cast<char>(static_cast<unsigned char>(cell[0]) | kBits[row % 4][column % 2]);
  };
  for (std::size_t i = 0; i + 1 < curves.train.size(); ++i) {  // a line from each point to the next
    const int from_column = column_of(static_cast<double>(curves.train[i].step)),
              from_row = row_of(curves.train[i].loss);
    const int to_column = column_of(static_cast<double>(curves.train[i + 1].step)),
              to_row = row_of(curves.train[i + 1].loss);
    const int num_dots = std::max({1, std::abs(to_column - from_column), std::abs(to_row - from_row)});
    for (int dot = 0; dot <= num_dots; ++dot)
      set(from_column + (to_column - from_column) * dot / num_dots, from_row + (to_row - from_row) * dot / num_dots);
  }
  for (const LossPoint& point : curves.validation)
    cells[static_cast<std::size_t>(row_of(point.loss) / 4 * num_columns +
                                   column_of(static_cast<double>(point.step)) / 2)] = "●";

  std::string text;
  for (int row = 0; row < height; ++row) {
    const double middle = frame.highest - (frame.highest - frame.lowest) * (row * 4 + 1.5) / (dots_high - 1);
    text += row == 0 || row == height - 1 || row == height / 2 ? fmt::format("{:>7.4g} ┤", middle)
                                                               : fmt::format("{:>7} │", "");
    for (int column = 0; column < num_columns; ++column) {
      const std::string& cell = cells[static_cast<std::size_t>(row * num_columns + column)];
      if (cell.size() > 1) {
        text += cell;
      } else if (cell[0] == 0) {
        text += ' ';
      } else {  // U+2800 + dots in UTF-8
        const auto dots = static_cast<unsigned char>(cell[0]);
        text += {static_cast<char>(0xE2), static_cast<char>(0xA0 | dots >> 6), static_cast<char>(0x80 | (dots & 0x3F))};
      }
    }
    text += '\n';
  }
  const std::string first = fmt::format("step {:.0f}", frame.first_step), last = fmt::format("{:.0f}", frame.last_step);
  const std::string legend = curves.validation.empty() ? "⠒ train" : "⠒ train   ● validation";
  const int legend_columns = curves.validation.empty() ? 7 : 22;
  const int room = num_columns - static_cast<int>(first.size() + last.size()) - legend_columns;
  const auto blanks = [](int count) { return std::string(static_cast<std::size_t>(std::max(1, count)), ' '); };
  return text + blanks(kLabel) + first + blanks(room / 2) + legend + blanks(room - room / 2) + last + "\n";
}

}  // namespace intelia
