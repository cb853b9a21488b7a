// Plots in the terminal, against expected ones. test_loss_plot.py parses the SVG.
#include "tracking/loss_curves.hpp"

#include <doctest/doctest.h>

using namespace intelia;

namespace {

/** The characters of `line`, each as its own text. */
std::vector<std::string> characters(const std::string& line) {
  std::vector<std::string> list;
  for (const char c : line) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) list.emplace_back();
    list.back() += c;
  }
  return list;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    lines.push_back(text.substr(begin, end - begin));
  return lines;
}

}  // namespace

TEST_CASE("a decreasing loss is drawn from the top left to the bottom right") {
  LossCurves curves;
  for (int step = 0; step <= 30; ++step) curves.train.push_back({step, 30.0 - step});
  const auto lines = lines_of(loss_text(curves, 40, 4));
  REQUIRE(lines.size() == 5);
  for (const std::string& line : lines) CHECK(characters(line).size() == 40);
  // Each row of characters has a quarter of the line: dots in its quarter of the columns only.
  for (std::size_t row = 0; row < 4; ++row) {
    const auto cells = characters(lines[row]);
    for (std::size_t column = 9; column < 40; ++column) {
      const double quarter = 4.0 * (static_cast<double>(column) - 9) / 31;
      const bool is_drawn = cells[column] != " ";
      if (quarter > static_cast<double>(row) + 0.3 && quarter < static_cast<double>(row) + 0.7) CHECK(is_drawn);
      if (quarter < static_cast<double>(row) - 0.4 || quarter > static_cast<double>(row) + 1.4) CHECK(!is_drawn);
    }
  }
  CHECK(lines[4].find("step 0") != std::string::npos);
  CHECK(lines[4].ends_with(" 30"));
}

TEST_CASE("validation points have another shape; one point is not plotted") {
  LossCurves curves;
  curves.add({1, 0, {{"loss", 2.0}}});
  CHECK(loss_text(curves, 60, 5).empty());
  curves.add({2, 0, {{"loss", 1.0}, {"eval_loss", 1.5}}});
  const std::string text = loss_text(curves, 60, 5);
  CHECK(lines_of(text).size() == 6);
  CHECK(text.find("●") != std::string::npos);
  CHECK(text.find("● validation") != std::string::npos);
}

TEST_CASE("equal losses, one step and no steps are drawn without an error") {
  LossCurves curves;
  CHECK(loss_svg(curves, "none").find("polyline class") == std::string::npos);
  curves.train = {{5, 0.0}};
  CHECK(loss_svg(curves, "one").find("points=\"64.000,") != std::string::npos);
  curves.train = {{5, 0.0}, {6, 0.0}};
  curves.validation = {{6, 1e-12}};
  CHECK(loss_svg(curves, "flat").find("nan") == std::string::npos);
  CHECK(lines_of(loss_text(curves, 40, 3)).size() == 4);
}
