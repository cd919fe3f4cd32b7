#include "gateway/metrics/exposition.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

prometheus::ClientMetric labelled(std::string value) {
  prometheus::ClientMetric metric;
  metric.label = {{"name", std::move(value)}, {"of", "a"}};
  return metric;
}

std::string said(prometheus::MetricFamily family) {
  return gateway::exposition(std::vector{std::move(family)});
}

}  // namespace

TEST_CASE("labels are quoted, whatever is in them, and numbers are whole") {
  prometheus::MetricFamily family{
      .name = "n_total", .help = "What it is.", .type = prometheus::MetricType::Counter, .metric = {}};
  family.metric = {labelled("say \"hi\\\"\nthen go"), {}};
  family.metric[0].counter.value = 0.1 + 0.2;
  family.metric[1].counter.value = 12'345'678;
  CHECK(said(family) ==
        "# HELP n_total What it is.\n# TYPE n_total counter\n"
        "n_total{name=\"say \\\"hi\\\\\\\"\\nthen go\",of=\"a\"} 0.3\n"
        "n_total 12345678\n");
}

TEST_CASE("bounds and sums are written without an exponent where that is short") {
  prometheus::MetricFamily family{
      .name = "g", .help = "h", .type = prometheus::MetricType::Gauge, .metric = {}};
  const std::vector<double> values{0, 0.0002, 0.00002, 12'000'000, 1'234'567.5, 1'796'004'064.454, 1e21, -3};
  for (const double value : values) family.metric.emplace_back().gauge.value = value;
  CHECK(said(family) ==
        "# HELP g h\n# TYPE g gauge\ng 0\ng 0.0002\ng 2e-05\ng 12000000\ng 1234567.5\n"
        "g 1796004064.454\ng 1e+21\ng -3\n");
}

TEST_CASE("a gauge may be no number at all, and beyond all of them") {
  prometheus::MetricFamily family{
      .name = "g", .help = "h", .type = prometheus::MetricType::Gauge, .metric = {}};
  family.metric.resize(3);
  family.metric[0].gauge.value = std::nan("");
  family.metric[1].gauge.value = std::numeric_limits<double>::infinity();
  family.metric[2].gauge.value = -std::numeric_limits<double>::infinity();
  CHECK(said(family) == "# HELP g h\n# TYPE g gauge\ng NaN\ng +Inf\ng -Inf\n");
}

TEST_CASE("a histogram ends with all of it") {
  prometheus::MetricFamily family{
      .name = "h", .help = "h", .type = prometheus::MetricType::Histogram, .metric = {}};
  family.metric = {labelled("x"), {}};
  for (prometheus::ClientMetric& metric : family.metric) {
    metric.histogram = {.sample_count = 3, .sample_sum = 1.5, .bucket = {{1, 0.05}, {2, 1}}};
  }
  CHECK(said(family) ==
        "# HELP h h\n# TYPE h histogram\n"
        "h_count{name=\"x\",of=\"a\"} 3\nh_sum{name=\"x\",of=\"a\"} 1.5\n"
        "h_bucket{name=\"x\",of=\"a\",le=\"0.05\"} 1\nh_bucket{name=\"x\",of=\"a\",le=\"1\"} 2\n"
        "h_bucket{name=\"x\",of=\"a\",le=\"+Inf\"} 3\n"
        "h_count 3\nh_sum 1.5\nh_bucket{le=\"0.05\"} 1\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 3\n");
}

TEST_CASE("a family without series is not spoken of") {
  CHECK(said({.name = "n", .help = "h", .type = prometheus::MetricType::Gauge, .metric = {}}).empty());
}
