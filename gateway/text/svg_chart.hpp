// One chart of an SVG picture: axes with round ticks, lines, areas, bubbles and labels in the units of the
// data. Everything is written with fixed digits, so that the same data give the same bytes. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gateway {

enum class Scale { linear, logarithmic };

struct Axis {
  std::string title;
  double from = 0;
  double to = 1;
  Scale scale = Scale::linear;
};

// In pixels of the picture.
struct Frame {
  double left = 0, top = 0, width = 100, height = 100;
};

struct Point {
  double x = 0, y = 0;
};

class SvgChart {
 public:
  SvgChart(const Frame& frame, Axis x, Axis y, std::string_view title);

  void line(const std::vector<Point>& points, std::string_view colour, double width,
            std::string_view dashes = "");
  void area(const std::vector<Point>& outline, std::string_view colour);
  // `radius` in pixels.
  void bubble(Point at, double radius, std::string_view colour, double opacity);
  // Beside the point, to the right where there is room.
  void label(Point at, std::string_view text, std::string_view colour, double distance = 6);
  // Lines of a legend, from the top right corner down; `place` counts from 0.
  void legend(int place, std::string_view text, std::string_view colour);

  const std::string& svg() const { return svg_; }

 private:
  double across(double x) const;
  double down(double y) const;
  void draw_axes();

  Frame frame_;
  Axis x_, y_;
  std::string svg_;
};

// A square of a colour and what it stands for; `x`, `y` in pixels.
std::string legend_entry(double x, double y, std::string_view text, std::string_view colour);
// A whole picture of charts.
std::string svg_picture(int width, int height, std::string_view title, std::string_view charts);
// The n-th of a set of colours that are easy to tell apart, also in print.
std::string_view series_colour(std::size_t n);
// Where ticks stand: round numbers, from three to nine of them on a linear axis.
std::vector<double> ticks(const Axis& axis);

}  // namespace gateway
