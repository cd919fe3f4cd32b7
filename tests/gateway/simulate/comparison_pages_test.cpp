// A comparison as people and programs see it: table, CSV, JSON and pictures.
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <sstream>

#include "gateway/simulate/comparison_plots.hpp"
#include "gateway/simulate/comparison_text.hpp"
#include "tests/support/close.hpp"

using namespace gateway;

namespace {

routing::Scorecard card(double ttft, double dollars) {
  routing::Scorecard result;
  result.requests = 200;
  result.attempts = 210;
  result.failures = 4;
  result.hedges = 6;
  result.within_slo = 150;
  result.dollars = dollars;
  for (int i = 0; i < 196; ++i) {
    result.ttft.add(ttft);
    result.total.add(ttft + 8);
  }
  result.hosts = {
      {.attempts = 150, .answers = 147, .dollars = dollars / 2, .ttft = 147 * ttft, .generation = 588},
      {.attempts = 60, .answers = 49, .dollars = dollars / 2, .ttft = 49 * ttft, .generation = 392}};
  result.shares = {{100, 0}, {40, 60}};
  return result;
}

Comparison made_up() {
  Comparison result{.standings = {}, .host_names = {"Near & Co", "far"}, .value_per_hour = 3.6};
  const auto add = [&](std::string name, Entrant::Kind kind, double ttft, double dollars, double regret) {
    Contestant each{
        .name = std::move(name), .kind = kind, .sum = card(ttft, dollars), .first = card(ttft, dollars)};
    each.regret = regret;
    each.regret_error = regret / 10;
    each.regrets = {regret, regret};
    each.seconds_per_decision = 4e-6;
    result.standings.push_back(std::move(each));
  };
  add("oracle", Entrant::Kind::oracle, 1, 0.4, 0);
  add("18 $/h", Entrant::Kind::policy, 1.2, 0.5, 0.034);
  add("random", Entrant::Kind::baseline, 4, 0.7, 0.91);
  return result;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](unsigned char c) { return (c & 0xc0u) != 0x80u; }));
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

const std::string& plot(const std::vector<Plot>& plots, const std::string& name) {
  return std::ranges::find(plots, name, &Plot::name)->svg;
}

}  // namespace

TEST_CASE("the table has a line for each, in columns, and no regret for the oracle") {
  const std::vector<std::string> lines = lines_of(comparison_table(made_up(), TableForm::terminal));
  REQUIRE(lines.size() == 4);
  for (const std::string& line : lines) CHECK(characters(line) == characters(lines[0]));
  CHECK(lines[1].starts_with("oracle         0 "));
  CHECK(lines[2].starts_with("18 $/h       3.4  0.3  2.500 "));
  // Times are known to one per cent.
  CHECK(lines[2].ends_with("  75.0      2.00     1.050       3.0"));
  CHECK(lines[3].starts_with("random      91.0  9.1  3.500 "));
}

TEST_CASE("why requests failed is told for each who failed any, the most frequent reason first") {
  Comparison comparison = made_up();
  CHECK(failure_reasons(comparison).empty());
  auto& because = comparison.standings[1].sum.failed_because;
  because[static_cast<std::size_t>(routing::FailureKind::deadline)] = 1;
  because[static_cast<std::size_t>(routing::FailureKind::rate_limited)] = 2;
  because[routing::Scorecard::nobody_asked] = 1;
  CHECK(failure_reasons(comparison) == "failed, 18 $/h: 2 rate_limited, 1 deadline, 1 nobody_asked\n");
  CHECK(comparison_json(comparison, "")
            .find(R"("failed_because":{"rate_limited":2,"deadline":1,"nobody_asked":1})") !=
        std::string::npos);
}

TEST_CASE("in Markdown it is the same table, with its heading ruled off") {
  const std::vector<std::string> lines = lines_of(comparison_table(made_up(), TableForm::markdown));
  REQUIRE(lines.size() == 5);
  CHECK(lines[1].starts_with("| --- | ---: |"));
  for (const std::string& line : lines) CHECK(times(line, "|") == 13);
  CHECK(lines[3].starts_with("| 18 $/h |"));
}

TEST_CASE("CSV has shares of one, and as many fields in each line as in its first") {
  const std::vector<std::string> lines = lines_of(comparison_csv(made_up()));
  REQUIRE(lines.size() == 4);
  const std::vector<std::string> names = cells_of(lines[0]), policy = cells_of(lines[2]);
  for (const std::string& line : lines) CHECK(cells_of(line).size() == names.size());
  const auto field = [&](const std::string& name) {
    return policy.at(static_cast<std::size_t>(std::ranges::find(names, name) - names.begin()));
  };
  CHECK(field("name") == "18 $/h");
  CHECK(field("kind") == "policy");
  CHECK(field("seeds") == "2");
  CHECK(field("requests") == "200");
  CHECK(field("regret") == "0.034000");
  CHECK(field("dollars_per_1000") == "2.500000");
  CHECK(field("within_slo") == "0.750000");
  CHECK(field("failures") == "0.020000");
  CHECK(std::stod(field("ttft_p50")) == support::close(1.2, 0.01));
}

TEST_CASE("JSON says what made it, and means of each host's answers") {
  const auto document =
      boost::json::parse(comparison_json(made_up(), "isocost simulate --seeds 1,2")).as_object();
  CHECK(document.at("command").as_string() == "isocost simulate --seeds 1,2");
  const auto& policy = document.at("standings").as_array().at(1).as_object();
  CHECK(policy.at("name").as_string() == "18 $/h");
  CHECK(policy.at("regrets").as_array().size() == 2);
  const auto& near = policy.at("first_seed_hosts").as_array().at(0).as_object();
  CHECK(near.at("host").as_string() == "Near & Co");
  CHECK(near.at("answers").to_number<int>() == 147);
  CHECK(near.at("mean_generation").to_number<double>() == support::close(4));
}

TEST_CASE("where nobody answered, times are unknown and not zero") {
  Comparison comparison = made_up();
  for (routing::Scorecard* each : {&comparison.standings[2].sum, &comparison.standings[2].first}) {
    *each = {};
    each->requests = each->failures = 50;
    each->hosts.resize(2);
    each->shares = {{0, 0}};
  }
  CHECK(lines_of(comparison_table(comparison, TableForm::terminal))[3].find("  -  ") != std::string::npos);
  const auto document = boost::json::parse(comparison_json(comparison, "")).as_object();
  CHECK(document.at("standings").as_array().at(2).as_object().at("ttft").as_object().at("p50").is_null());
  for (const Plot& each : comparison_plots(comparison)) {
    CAPTURE(each.name);
    CHECK(each.svg.find("nan") == std::string::npos);
    CHECK(each.svg.find("inf") == std::string::npos);
  }
  // Nor does a picture break where that is true of all.
  for (Contestant& each : comparison.standings) each.sum = each.first = comparison.standings[2].sum;
  for (const Plot& each : comparison_plots(comparison)) {
    CAPTURE(each.name);
    CHECK(each.svg.find("nan") == std::string::npos);
    CHECK(each.svg.find("inf") == std::string::npos);
  }
}

TEST_CASE("what the machine needed to decide is told apart from what is the same everywhere") {
  CHECK(decision_times(made_up()) ==
        "mean time of a decision, on this machine: oracle 4.0 µs, 18 $/h 4.0 µs, random 4.0 µs\n");
  Comparison slower = made_up();
  for (Contestant& each : slower.standings) each.seconds_per_decision *= 2;
  CHECK(comparison_csv(slower) == comparison_csv(made_up()));
  CHECK(comparison_json(slower, "") == comparison_json(made_up(), ""));
}

TEST_CASE("four pictures, the same bytes for the same comparison, with everybody in them") {
  const std::vector<Plot> plots = comparison_plots(made_up());
  const std::vector<Plot> again = comparison_plots(made_up());
  REQUIRE(plots.size() == 4);
  for (std::size_t i = 0; i < plots.size(); ++i) {
    CAPTURE(plots[i].name);
    CHECK(plots[i].svg == again[i].svg);
    CHECK(plots[i].svg.starts_with("<svg "));
    CHECK(plots[i].svg.ends_with("</svg>\n"));
    for (const std::string name : {"oracle", "18 $/h", "random"}) {
      CHECK(plots[i].svg.find(name) != std::string::npos);
    }
  }
  CHECK(plot(plots, "shares").find("Near &amp; Co") != std::string::npos);
  CHECK(plot(plots, "market").find("18 $/h  (regret 3.4 %)") != std::string::npos);
  CHECK(plot(plots, "market").find("oracle  (") == std::string::npos);
}

TEST_CASE("the market has a bubble for each host that anybody heard from, grown by its share") {
  Comparison comparison = made_up();
  const std::string both = plot(comparison_plots(comparison), "market");
  // In each of three panels a dot and a bubble for each host.
  CHECK(times(both, "<circle") == 12);
  for (Contestant& each : comparison.standings) each.first.hosts[1] = {};
  CHECK(times(plot(comparison_plots(comparison), "market"), "<circle") == 6);
  // A line of equal cost in each panel, at least.
  CHECK(times(both, "<polyline") >= 3);
}

TEST_CASE("a picture in panels shows nine contenders at most") {
  Comparison comparison = made_up();
  while (comparison.standings.size() < 12) comparison.standings.push_back(comparison.standings[2]);
  CHECK(times(plot(comparison_plots(comparison), "shares"), "share of requests, %") == 9);
}
