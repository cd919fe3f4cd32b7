#include "gateway/trace/otlp_metrics.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr const char* text = R"(# HELP isocost_requests_total Requests.
# TYPE isocost_requests_total counter
isocost_requests_total{model="a\"b\\c",path="/v1"} 3
isocost_requests_total{model="m",path="/v1"} 4.5
# HELP isocost_wait_seconds Waits.
# TYPE isocost_wait_seconds histogram
isocost_wait_seconds_bucket{model="m",le="0.5"} 2
isocost_wait_seconds_bucket{model="m",le="1"} 5
isocost_wait_seconds_bucket{model="m",le="+Inf"} 6
isocost_wait_seconds_sum{model="m"} 7.25
isocost_wait_seconds_count{model="m"} 6
# HELP isocost_up Up.
# TYPE isocost_up gauge
isocost_up 1
isocost_up{x="nan"} NaN
# TYPE process_start_time_seconds gauge
process_start_time_seconds 1700000000.5
)";

json::array metrics_of(const char* from) {
  const gateway::OtlpSettings settings{.service = "router"};
  const json::value page =
      json::parse(gateway::otlp_metrics(from, settings, "1.2.3", config::WallTime(1700000060s)));
  const json::object& resource = page.at("resourceMetrics").at(0).as_object();
  CHECK(resource.at("resource").at("attributes").at(0).at("value").at("stringValue") == "router");
  return resource.at("scopeMetrics").at(0).at("metrics").as_array();
}

}  // namespace

TEST_CASE("counters are sums since the process began, with their labels read") {
  const json::array all = metrics_of(text);
  const json::object& requests = all.at(0).as_object();
  CHECK(requests.at("name") == "isocost_requests_total");
  CHECK(requests.at("description") == "Requests.");
  const json::object& sum = requests.at("sum").as_object();
  CHECK(sum.at("isMonotonic") == true);
  CHECK(sum.at("aggregationTemporality") == 2);
  const json::array& points = sum.at("dataPoints").as_array();
  REQUIRE(points.size() == 2);
  CHECK(points[0].at("asDouble").to_number<double>() == 3);
  CHECK(points[1].at("asDouble").to_number<double>() == 4.5);
  CHECK(points[0].at("attributes").at(0).at("value").at("stringValue") == "a\"b\\c");
  CHECK(points[0].at("startTimeUnixNano") == "1700000000500000000");
  CHECK(points[0].at("timeUnixNano") == "1700000060000000000");
}

TEST_CASE("a histogram's buckets are counted apart, one more than there are bounds") {
  const json::object wait = metrics_of(text).at(1).as_object();
  CHECK(wait.at("unit") == "s");
  const json::object& point = wait.at("histogram").at("dataPoints").at(0).as_object();
  CHECK(json::serialize(point.at("explicitBounds")) == "[5E-1,1]");
  CHECK(point.at("bucketCounts") == json::array{"2", "3", "1"});
  CHECK(point.at("count") == "6");
  CHECK(point.at("sum").to_number<double>() == 7.25);
}

TEST_CASE("what is no number is left out, and so is what is no metric") {
  const json::object up = metrics_of(text).at(2).as_object();
  CHECK(up.at("gauge").at("dataPoints").as_array().size() == 1);
  CHECK(!up.at("gauge").at("dataPoints").at(0).as_object().contains("startTimeUnixNano"));
  CHECK(metrics_of("").empty());
  CHECK(metrics_of("# HELP\n# TYPE x counter\nx{a=\"1 2\nx{ 3\n{} 3\nx{a=\"b\\\n").empty());
}
