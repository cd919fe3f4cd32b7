#include "gateway/text/svg_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace gateway {
namespace {

constexpr std::string_view ink = "#333333";
constexpr std::string_view grid = "#e4e4e4";

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string tick_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '&') {
      result += "&amp;";
    } else {
      result += c;
    }
  }
  return result;
}

std::string text_at(double x, double y, std::string_view text, std::string_view anchor,
                    std::string_view colour, std::string_view more = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + std::string(anchor) +
         "\" fill=\"" + std::string(colour) + "\"" + std::string(more) + ">" + escaped(text) + "</text>\n";
}

std::string line_at(double x1, double y1, double x2, double y2, std::string_view colour) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" +
         number(y2) + "\" stroke=\"" + std::string(colour) + "\"/>\n";
}

}  // namespace

std::string_view series_colour(std::size_t n) {
  // Okabe and Ito, "Color universal design", 2008, and greys for what goes beyond.
  constexpr std::array<std::string_view, 12> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                     "#e69f00", "#56b4e9", "#7f6000", "#000000",
                                                     "#999999", "#8b5cf6", "#b91c1c", "#0f766e"};
  return colours[n % colours.size()];
}

std::vector<double> ticks(const Axis& axis) {
  std::vector<double> result;
  if (axis.scale == Scale::logarithmic) {
    for (double decade = std::pow(10, std::floor(std::log10(axis.from))); decade <= axis.to; decade *= 10) {
      for (const double step : {1.0, 2.0, 5.0}) {
        if (decade * step >= axis.from * 0.999 && decade * step <= axis.to * 1.001)
          result.push_back(decade * step);
      }
    }
    return result;
  }
  const double range = axis.to - axis.from;
  if (!(range > 0)) return {axis.from};
  double step = std::pow(10, std::floor(std::log10(range / 4)));
  for (const double factor : {2.0, 2.5, 2.0}) {
    if (range / step > 8) step *= factor;
  }
  for (double tick = std::ceil(axis.from / step - 1e-9) * step; tick <= axis.to + step * 1e-6; tick += step) {
    result.push_back(std::abs(tick) < step * 1e-6 ? 0 : tick);
  }
  return result;
}

SvgChart::SvgChart(const Frame& frame, Axis x, Axis y, std::string_view title)
    : frame_(frame), x_(std::move(x)), y_(std::move(y)) {
  draw_axes();
  svg_ +=
      text_at(frame_.left + frame_.width / 2, frame_.top - 9, title, "middle", ink, " font-weight=\"bold\"");
}

double SvgChart::across(double x) const {
  const double share = x_.scale == Scale::linear
                           ? (x - x_.from) / (x_.to - x_.from)
                           : std::log(std::max(x, x_.from) / x_.from) / std::log(x_.to / x_.from);
  return frame_.left + frame_.width * std::clamp(share, 0.0, 1.0);
}

double SvgChart::down(double y) const {
  const double share = y_.scale == Scale::linear
                           ? (y - y_.from) / (y_.to - y_.from)
                           : std::log(std::max(y, y_.from) / y_.from) / std::log(y_.to / y_.from);
  return frame_.top + frame_.height * (1 - std::clamp(share, 0.0, 1.0));
}

void SvgChart::draw_axes() {
  const double bottom = frame_.top + frame_.height, right = frame_.left + frame_.width;
  for (const double tick : ticks(x_)) {
    svg_ += line_at(across(tick), frame_.top, across(tick), bottom, grid);
    svg_ += text_at(across(tick), bottom + 15, tick_text(tick), "middle", ink);
  }
  for (const double tick : ticks(y_)) {
    svg_ += line_at(frame_.left, down(tick), right, down(tick), grid);
    svg_ += text_at(frame_.left - 6, down(tick) + 4, tick_text(tick), "end", ink);
  }
  svg_ += line_at(frame_.left, bottom, right, bottom, ink) +
          line_at(frame_.left, frame_.top, frame_.left, bottom, ink);
  svg_ += text_at(frame_.left + frame_.width / 2, bottom + 32, x_.title, "middle", ink);
  const std::string x = number(frame_.left - 44), y = number(frame_.top + frame_.height / 2);
  svg_ += "<text x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"middle\" fill=\"" + std::string(ink) +
          "\" transform=\"rotate(-90 " + x + " " + y + ")\">" + escaped(y_.title) + "</text>\n";
}

void SvgChart::line(const std::vector<Point>& points, std::string_view colour, double width,
                    std::string_view dashes) {
  svg_ +=
      "<polyline fill=\"none\" stroke=\"" + std::string(colour) + "\" stroke-width=\"" + number(width) + "\"";
  if (!dashes.empty()) svg_ += " stroke-dasharray=\"" + std::string(dashes) + "\"";
  svg_ += " points=\"";
  for (const Point& point : points) svg_ += number(across(point.x)) + "," + number(down(point.y)) + " ";
  svg_ += "\"/>\n";
}

void SvgChart::area(const std::vector<Point>& outline, std::string_view colour) {
  svg_ += "<polygon fill=\"" + std::string(colour) + "\" stroke=\"none\" points=\"";
  for (const Point& point : outline) svg_ += number(across(point.x)) + "," + number(down(point.y)) + " ";
  svg_ += "\"/>\n";
}

void SvgChart::bubble(Point at, double radius, std::string_view colour, double opacity) {
  svg_ += "<circle cx=\"" + number(across(at.x)) + "\" cy=\"" + number(down(at.y)) + "\" r=\"" +
          number(radius) + "\" fill=\"" + std::string(colour) + "\" fill-opacity=\"" + number(opacity) +
          "\" stroke=\"" + std::string(colour) + "\"/>\n";
}

void SvgChart::label(Point at, std::string_view text, std::string_view colour, double distance) {
  const double x = across(at.x), y = down(at.y) + 4;
  const bool has_room = x + distance + 7 * static_cast<double>(text.size()) < frame_.left + frame_.width + 20;
  svg_ += text_at(has_room ? x + distance : x - distance, y, text, has_room ? "start" : "end", colour);
}

void SvgChart::legend(int place, std::string_view text, std::string_view colour) {
  svg_ += legend_entry(frame_.left + frame_.width + 14, frame_.top + 12 + 18 * place, text, colour);
}

std::string legend_entry(double x, double y, std::string_view text, std::string_view colour) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y - 9) + "\" width=\"11\" height=\"11\" fill=\"" +
         std::string(colour) + "\"/>\n" + text_at(x + 17, y, text, "start", ink);
}

std::string svg_picture(int width, int height, std::string_view title, std::string_view charts) {
  const std::string w = std::to_string(width), h = std::to_string(height);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h + "\" viewBox=\"0 0 " +
         w + " " + h + "\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\">\n<title>" +
         escaped(title) + "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" +
         std::string(charts) + "</svg>\n";
}

}  // namespace gateway
