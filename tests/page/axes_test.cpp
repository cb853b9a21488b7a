// Ticks, scales and axes.
#include "page/axes.hpp"

#include <doctest/doctest.h>

using namespace intelia;

TEST_CASE("ticks are round numbers within the range") {
  CHECK(round_ticks(0, 10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(round_ticks(1, 9, 8) == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9});
  const std::vector<double> fine = round_ticks(0.93, 1.07, 3);
  REQUIRE(fine.size() == 3);
  CHECK(fine[0] == doctest::Approx(0.95));
  CHECK(fine[2] == doctest::Approx(1.05));
  CHECK(round_ticks(0, 12'000, 8).size() == 7);
}

TEST_CASE("ticks have no more digits than needed to distinguish them") {
  CHECK(tick_text(0.95, {0.95, 1.0, 1.05}) == "0.95");
  CHECK(tick_text(2000, {0, 2000, 4000}) == "2000");
  CHECK(tick_text(0.5, {0.5}) == "0.5");
}

TEST_CASE("axes have a grid line per tick of y and whole numbers at those of x") {
  Svg svg(100, 100);
  const Scale x{0, 4, 20, 90}, y{0, 1, 80, 10};
  CHECK(x(2) == doctest::Approx(55));
  CHECK(y(1) == doctest::Approx(10));
  draw_axes(svg, x, "step", y, "loss");
  const std::string drawing = svg.element("plot");
  CHECK(drawing.find("<text class=\"step-tick\" text-anchor=\"middle\" x=\"55.00\" y=\"98.00\">2</text>") !=
        std::string::npos);
  CHECK(drawing.find("0.4</text>") != std::string::npos);
  std::size_t num_grid = 0;
  for (std::size_t at = drawing.find("\"grid\""); at != std::string::npos; at = drawing.find("\"grid\"", at + 1))
    ++num_grid;
  CHECK(num_grid == round_ticks(0, 1, 6).size());
}
