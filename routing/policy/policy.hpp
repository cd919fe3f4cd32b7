// A compiled policy: what its owner allows, requires, prefers and pays for. Immutable; shared by all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/values/settings.hpp"
#include "routing/language/expression.hpp"

namespace routing {

// An expression with the words its owner wrote, so that decisions can quote them.
struct Rule {
  Expression expression;
  std::string text;
  config::Place place{};  // of the text it was written in
};

// A rule that holds under every policy, and for whom.
struct AlwaysRule {
  Rule rule;
  std::string whose;  // "the team `search`"; empty: everybody's
};
using Always = std::vector<AlwaysRule>;

// One step of giving up hard limits when no endpoint is left.
struct Relaxation {
  std::string text;           // as its owner wrote it
  std::vector<Rule> require;  // all hard limits that remain once this step and those before it are taken
};

class Overlay;

struct Policy {
  config::PolicyName name;
  std::string description;
  std::uint64_t hash = 0;  // of its compiled text, so that records name exactly what decided
  // What holds for who asks under every policy, compliance and hard limits; never relaxed. Null: nothing.
  std::shared_ptr<const Always> always{};
  std::vector<Rule> allow;         // compliance: all must be true; never relaxed
  std::vector<Rule> require;       // hard limits, relaxed only as `relax` says
  std::vector<Relaxation> relax;   // taken in order, one at a time, each only while nobody is left
  std::vector<Rule> prefer;        // tiers: who meets the first comes first, and so on
  std::optional<Rule> minimize{};  // dollars per request; absent: the value of time below
  // Dollars per second; the default is a background agent's 3.6 $/h.
  double value_of_ttft = 3.6 / 3600;
  double value_of_generation = 3.6 / 3600;
  std::optional<Rule> choose{};  // weight of a draw; absent: the least cost
  int attempts = 4;
  int continue_hops = 0;  // attempts that may go on with a stream that broke
  std::optional<config::Duration> deadline{};
  double explore = 0.02;       // share of expected spend
  double hedge_budget = 0.05;  // share of requests
  double demotion = 2;         // as many times as dear counts an endpoint whose answers have become worse
  // Dollars a day that its requests should cost; money counts more while that is overrun. Absent: as they
  // come.
  std::optional<double> budget{};
  config::Place place{};  // for problems found later
  // The request's own preferences, which remove and order endpoints beside the rules; absent in a PolicySet.
  std::shared_ptr<const Overlay> overlay{};
};

// The hard limits in force after `steps` relaxations, 0 to policy.relax.size(). A decision asks with 0 first,
// and for the next step only when no candidate is left; `allow` holds at every step.
inline const std::vector<Rule>& limits_after(const Policy& policy, std::size_t steps) {
  return steps == 0 ? policy.require : policy.relax[steps - 1].require;
}

// The place of the first rule in `always` that what is seen does not satisfy; -1 when there is none.
inline int first_broken(const std::shared_ptr<const Always>& always, const View& view) {
  for (std::size_t i = 0; always && i < always->size(); ++i) {
    if (!(*always)[i].rule.expression.truth(view)) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace routing
