#include "gateway/explain/decision_table.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <sstream>

#include "gateway/explain/decision_page.hpp"
#include "gateway/text/quantity_text.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

using support::text;

namespace {

// What a cell says, and how far rounding may have moved it: half of its last digit.
struct Amount {
  double value = 0, rounded = 0;
};

Amount amount_in(std::string cell) {
  const bool is_negative = cell.starts_with("-");
  REQUIRE(cell.substr(is_negative ? 1 : 0, 1) == "$");
  cell.erase(0, is_negative ? 2 : 1);
  const std::size_t point = cell.find('.');
  const double decimals = point == std::string::npos ? 0 : static_cast<double>(cell.size() - point - 1);
  const double size = std::stod(cell);
  return {is_negative ? -size : size, size == 0 ? 5e-9 : 0.5 * std::pow(10, -decimals)};
}

// The cells of a line that is no candidate's have no dollars where COST stands.
std::vector<std::vector<std::string>> candidates_in(const std::vector<std::string>& lines) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::vector<std::string> cells;
    for (std::string word; words >> word;) cells.push_back(word);
    if (!cells.empty() && cells[0] == "▶") cells.erase(cells.begin());
    if (cells.size() > 2 && cells[1].find('$') < 2) rows.push_back(cells);
  }
  return rows;
}

config::PolicySettings drawn_policy(support::World& world) {
  const auto amount = [&](double most, const char* unit) {
    std::ostringstream said;
    said << most * world.draw() << unit;
    return said.str();
  };
  config::PolicySettings policy = support::policy_named("drawn");
  policy.demotion = 1 + 3 * world.draw();
  const std::array<std::string, 8> words = {
      "",
      amount(1, "") + " * price + " + amount(20, " $/h") + " * time",
      "(if provider == \"cheap\" then " + amount(1, "") + " else 1) * price + " + amount(9, " $/h") +
          " * ttft",
      amount(30, " $/h") + " * generation",
      "price + " + amount(0.01, " $"),
      "price - " + amount(0.02, " $"),
      "$0 - " + amount(1, "") + " * price",
      "max(price, " + amount(0.002, " $") + ") + " + amount(5, " $/h") + " * max(ttft, 1 s)"};
  const auto which = static_cast<std::size_t>(world.draw() * static_cast<double>(words.size()));
  if (words[which].empty()) {
    policy.value_of_time = text(amount(60, " $/h"));
  } else {
    policy.minimize = text(words[which]);
  }
  return policy;
}

}  // namespace

TEST_CASE(
    "the terms that are shown of each candidate add up to the cost that is shown, whatever the policy") {
  support::World world({{.name = "cheap", .input_price = 0.1, .output_price = 0.4, .ttft = 2},
                        {.name = "usual"},
                        {.name = "dear", .input_price = 6, .output_price = 30, .failing = 0.3}});
  for (int i = 0; i < 60; ++i) world.ask();
  int with_other = 0;
  for (int i = 0; i < 300; ++i) {
    const config::PolicySettings settings = drawn_policy(world);
    const std::string words = settings.minimize ? settings.minimize->text : settings.value_of_time->text;
    INFO(words);
    world.policy = support::compiled(settings);
    world.money = i % 3 == 0 ? 1 + 4 * world.draw() : 1;
    world.allowances.assign(i % 4 == 0 ? 1 : 0, {.provider = 1, .left = 0.05 * world.draw()});
    const routing::Demand demand = world.demand(1 + static_cast<std::int64_t>(20'000 * world.draw()));
    world.decide(demand);
    for (routing::Verdict& verdict : world.decision.verdicts) {
      // As of a host whose answers became worse.
      if (world.draw() < 0.2) verdict.cost.quality += verdict.cost.price;
    }
    const gateway::Decided decided{world.decision, *world.catalogue, world.policy, demand, world.now};
    const auto rows = candidates_in(gateway::decision_table(decided, {.columns = 200}));
    REQUIRE(rows.size() == 3);
    for (std::size_t rank = 0; rank < rows.size(); ++rank) {
      // The best has nothing in the column that says how much dearer it is.
      const std::vector<std::string>& cells = rows[rank];
      const Amount cost = amount_in(cells[1]);
      double sum = 0, rounded = cost.rounded;
      const std::size_t first = rank == 0 ? 2 : 3;
      for (std::size_t place = first; place < first + 5; ++place) {
        const Amount term = amount_in(cells[place]);
        sum += term.value, rounded += term.rounded;
      }
      INFO(cells[0]);
      CHECK(std::abs(sum - cost.value) <= rounded * (1 + 1e-9));
      with_other += cells[first + 4] == "$0" ? 0 : 1;
    }
  }
  CHECK(with_other > 200);
}

TEST_CASE(
    "a screen too narrow for all terms still shows what is neither billed nor a wait, where there is any") {
  support::World world({{.name = "cheap"}, {.name = "dear", .input_price = 6}});
  const auto shown_with = [&](const char* minimize) {
    config::PolicySettings settings = support::policy_named("mine");
    settings.minimize = text(minimize);
    world.policy = support::compiled(settings);
    const routing::Demand demand = world.demand();
    world.decide(demand);
    const gateway::Decided decided{world.decision, *world.catalogue, world.policy, demand, world.now};
    for (const std::string& line : gateway::decision_table(decided, {.columns = 80})) {
      if (line.find("COST") != std::string::npos) return line;
    }
    return std::string();
  };
  CHECK(shown_with("price + 3.6 $/h * time").find("OTHER") == std::string::npos);
  CHECK(shown_with("0.3 * price + 3.6 $/h * time").find("OTHER") != std::string::npos);
}

TEST_CASE("the header of a decision says less than nothing where that is what it costs") {
  support::World world({{.name = "cheap"}});
  config::PolicySettings settings = support::policy_named("mine");
  settings.minimize = text("price - $0.5");
  world.policy = support::compiled(settings);
  const routing::Demand demand = world.demand();
  world.decide(demand);
  const gateway::Decided decided{world.decision, *world.catalogue, world.policy, demand, world.now};
  CHECK(gateway::decision_header(decided).find("; cost=$-0.4") != std::string::npos);
}
