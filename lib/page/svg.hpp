// SVG drawings: elements at positions, as part of an HTML page or as a document. Attributes are given as markup
// ("class=\"grid\""); texts are escaped here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace intelia {

class Svg {
 public:
  Svg(double width, double height) : width_(width), height_(height) {}
  double width() const { return width_; }
  double height() const { return height_; }

  void line(std::string_view attributes, double x1, double y1, double x2, double y2);
  void rectangle(std::string_view attributes, double x, double y, double width, double height);
  /** `tooltip`, where not empty, is shown when the pointer rests on the circle. */
  void circle(std::string_view attributes, double x, double y, double radius, std::string_view tooltip = "");
  void polyline(std::string_view attributes, const std::vector<std::pair<double, double>>& points);
  void text(std::string_view attributes, double x, double y, std::string_view text);
  /** Any other element, complete. */
  void markup(std::string_view markup) { body_ += markup; }

  /** For an HTML page; `label` is its description for screen readers. */
  std::string element(std::string_view label) const;
  /** A standalone document with a title and CSS. */
  std::string document(std::string_view title, std::string_view style) const;

 private:
  double width_, height_;
  std::string body_;
};

}  // namespace intelia
