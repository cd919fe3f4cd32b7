#include "gateway/text/svg_chart.hpp"
#include "tests/support/close.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace gateway;

namespace {

// The value of an attribute at its n-th place in the picture.
double number_in(const std::string& svg, const std::string& attribute, int n = 0) {
  std::size_t at = 0;
  for (int i = 0; i <= n; ++i) at = svg.find(" " + attribute + "=\"", at) + 1;
  return std::stod(svg.substr(at + attribute.size() + 2));
}

SvgChart chart(Scale scale = Scale::linear) {
  return {{.left = 50, .top = 20, .width = 200, .height = 100},
          {"seconds", scale == Scale::linear ? 0.0 : 1.0, 100, scale},
          {"$", 0, 10},
          "a chart"};
}

struct Centre {
  double x = 0, y = 0;
};
Centre bubble_at(SvgChart chart, Point at) {
  const std::size_t before = chart.svg().size();
  chart.bubble(at, 3, "#000000", 1);
  const std::string bubble = chart.svg().substr(before);
  return {number_in(bubble, "cx"), number_in(bubble, "cy")};
}

}  // namespace

TEST_CASE("ticks are round numbers within the axis, three to nine of them") {
  for (const double from : {0.0, -3.0, 17.0, 0.004}) {
    for (double range = 0.01; range < 1e7; range *= 1.37) {
      CAPTURE(from);
      CAPTURE(range);
      const std::vector<double> found = ticks({"", from, from + range});
      CHECK(found.size() >= 3);
      CHECK(found.size() <= 9);
      CHECK(found.front() >= from - 1e-6 * range);
      CHECK(found.back() <= from + range * (1 + 1e-6));
      const double step = found[1] - found[0];
      const double digits = step / std::pow(10, std::floor(std::log10(step) + 1e-9));
      const bool is_round = std::abs(digits - 1) < 1e-3 || std::abs(digits - 2) < 1e-3 ||
                            std::abs(digits - 5) < 1e-3 || std::abs(digits - 10) < 1e-3;
      CHECK(is_round);
      for (const double tick : found) {
        CHECK(std::abs(tick / step - std::round(tick / step)) < 1e-3);
      }
    }
  }
  CHECK(ticks({"", 3, 3}) == std::vector<double>{3});
}

TEST_CASE("ticks of a logarithmic axis are ones, twos and fives") {
  const std::vector<double> found = ticks({"", 0.1, 30, Scale::logarithmic});
  const double wanted[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 20};
  REQUIRE(found.size() == std::size(wanted));
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == support::close(wanted[i]));
}

TEST_CASE("points stand in the frame where the axes say, and at its edge when they lie beyond") {
  CHECK(bubble_at(chart(), {0, 0}).x == 50);
  CHECK(bubble_at(chart(), {0, 0}).y == 120);
  CHECK(bubble_at(chart(), {25, 7.5}).x == 100);
  CHECK(bubble_at(chart(), {25, 7.5}).y == 45);
  CHECK(bubble_at(chart(), {1e9, 1e9}).x == 250);
  CHECK(bubble_at(chart(), {1e9, 1e9}).y == 20);
  CHECK(bubble_at(chart(), {-5, -5}).x == 50);
  CHECK(bubble_at(chart(), {-5, -5}).y == 120);
}

TEST_CASE("a logarithmic axis puts equal ratios at equal distances, and what is not above zero at its edge") {
  CHECK(bubble_at(chart(Scale::logarithmic), {10, 0}).x == 150);
  CHECK(bubble_at(chart(Scale::logarithmic), {100, 0}).x == 250);
  CHECK(bubble_at(chart(Scale::logarithmic), {0, 0}).x == 50);
}

TEST_CASE("a label stands to the right of its point, to the left where there is no room") {
  const auto label = [](Point at, const std::string& text) {
    SvgChart with = chart();
    const std::size_t before = with.svg().size();
    with.label(at, text, "#000000");
    return with.svg().substr(before);
  };
  CHECK(number_in(label({0, 5}, "short"), "x") == 56);
  CHECK(label({0, 5}, "short").find("text-anchor=\"start\"") != std::string::npos);
  CHECK(number_in(label({100, 5}, "a rather long label"), "x") == 244);
  CHECK(label({100, 5}, "a rather long label").find("text-anchor=\"end\"") != std::string::npos);
}

TEST_CASE("a legend goes down line by line beside the frame") {
  SvgChart with = chart();
  const std::size_t before = with.svg().size();
  with.legend(0, "first", "#111111");
  with.legend(1, "second", "#222222");
  const std::string legend = with.svg().substr(before);
  CHECK(number_in(legend, "x", 0) > 250);
  CHECK(number_in(legend, "y", 2) - number_in(legend, "y", 0) == 18);
}

TEST_CASE("names of people's own cannot break the picture") {
  SvgChart with({}, {"<x>"}, {"a & b"}, "</svg>");
  with.label({0.5, 0.5}, "<script>", "#000000");
  const std::string picture = svg_picture(100, 100, "1 < 2", with.svg());
  CHECK(picture.find("<script>") == std::string::npos);
  CHECK(picture.find("&lt;script&gt;") != std::string::npos);
  CHECK(picture.find("a &amp; b") != std::string::npos);
  CHECK(picture.find("</svg>") == picture.size() - std::string("</svg>\n").size());
  CHECK(picture.find("<title>1 &lt; 2</title>") != std::string::npos);
}

TEST_CASE("the first twelve series have a colour each") {
  for (std::size_t a = 0; a < 12; ++a) {
    for (std::size_t b = 0; b < a; ++b) CHECK(series_colour(a) != series_colour(b));
  }
  CHECK(series_colour(12) == series_colour(0));
}
