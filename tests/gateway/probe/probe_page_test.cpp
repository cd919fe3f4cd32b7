#include "gateway/probe/probe_page.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>

using namespace gateway;

TEST_CASE("what is unknown is told once for all endpoints of its providers, and makes none differ") {
  const ProbeFinding note{"cancel_billing_unknown", "`cancel_stops_billing` is not set"};
  const std::vector<ProbeResult> results{{.endpoint = "a", .provider = "a", .notes = {note}},
                                         {.endpoint = "a/x", .provider = "a", .notes = {note}},
                                         {.endpoint = "b", .provider = "b", .notes = {note}},
                                         {.endpoint = "c", .provider = "c"}};
  const std::string text = probe_table(results, {});
  CHECK(text.find("a, b: `cancel_stops_billing` is not set\n") != std::string::npos);
  CHECK(text.find("differs") == std::string::npos);
  const auto page = boost::json::parse(probe_json(results));
  CHECK(page.at("endpoints").at(0).at("notes").at(0).at("what") == "cancel_billing_unknown");
  CHECK(page.at("endpoints").at(3).at("notes").as_array().empty());
}
