// A compiled policy: what its owner allows, requires, prefers and pays for. Immutable; shared by all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/units.hpp"
#include "routing/expression.hpp"

namespace routing {

// An expression with the words its owner wrote, so that decisions can quote them.
struct Rule {
  Expression expression;
  std::string text;
};

struct Policy {
  config::PolicyName name;
  std::string description;
  std::uint64_t hash = 0;          // of its compiled text, so that records name exactly what decided
  std::vector<Rule> allow;         // compliance: all must be true; never relaxed
  std::vector<Rule> require;       // hard limits, relaxed only as `relax` says
  std::vector<Rule> prefer;        // tiers: who meets the first comes first, and so on
  std::optional<Rule> minimize{};  // dollars per request; absent: the value of time below
  // Dollars per second; the default is a background agent's 3.6 $/h.
  double value_of_ttft = 3.6 / 3600;
  double value_of_generation = 3.6 / 3600;
  std::optional<Rule> choose{};  // weight of a draw; absent: the least cost
  int attempts = 4;
  std::optional<config::Duration> deadline{};
  double explore = 0.02;       // share of expected spend
  double hedge_budget = 0.05;  // share of requests
};

}  // namespace routing
