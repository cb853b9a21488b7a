#include "page/svg.hpp"

#include <fmt/format.h>

#include "page/markup.hpp"

namespace intelia {

void Svg::line(std::string_view attributes, double x1, double y1, double x2, double y2) {
  body_ +=
      fmt::format("<line {} x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\"/>\n", attributes, x1, y1, x2, y2);
}

void Svg::rectangle(std::string_view attributes, double x, double y, double width, double height) {
  body_ += fmt::format("<rect {} x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>\n", attributes, x, y,
                       width, height);
}

void Svg::circle(std::string_view attributes, double x, double y, double radius, std::string_view tooltip) {
  body_ += fmt::format("<circle {} cx=\"{:.3f}\" cy=\"{:.3f}\" r=\"{}\"", attributes, x, y, radius);
  body_ += tooltip.empty() ? "/>\n" : fmt::format("><title>{}</title></circle>\n", escape_markup(tooltip));
}

void Svg::polyline(std::string_view attributes, const std::vector<std::pair<double, double>>& points) {
  body_ += fmt::format("<polyline {} points=\"", attributes);
  const char* separator = "";
  for (const auto& [x, y] : points) {
    body_ += fmt::format("{}{:.3f},{:.3f}", separator, x, y);
    separator = " ";
  }
  body_ += "\"/>\n";
}

void Svg::text(std::string_view attributes, double x, double y, std::string_view text) {
  body_ += fmt::format("<text {} x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", attributes, x, y, escape_markup(text));
}

std::string Svg::element(std::string_view label) const {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", width_, height_,
                     escape_markup(label), body_);
}

std::string Svg::document(std::string_view title, std::string_view style) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "role=\"img\">\n<title>{2}</title>\n<style>\n{3}</style>\n{4}</svg>\n",
      width_, height_, escape_markup(title), style, body_);
}

}  // namespace intelia
