// What policies with a `budget` have spent today, here and at other gateways, and how much money counts under
// each for that. The control loop alone counts; data loops read. A policy that goes on under its name goes on
// with what it spent.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/values/units.hpp"
#include "routing/market/market_memory.hpp"
#include "routing/policy/policy_set.hpp"

namespace gateway {

// What requests under a policy cost on a day, at one gateway or at several.
struct PolicySpent {
  std::string policy;
  std::int64_t day = 0;  // when it begins, in seconds since 1970
  std::int64_t nanos = 0;
};

// A day as quotas have it: its begin says which one it is.
struct Day {
  std::int64_t begins = 0;  // seconds since 1970
  double share = 0;         // of it that has passed
};

class Budgets {
 public:
  // `before` may be null.
  Budgets(const routing::PolicySet& policies, const Budgets* before);

  struct Standing {
    std::string policy;
    double a_day = 0, spent = 0;  // dollars
    double money = 1;
  };

  // From any thread. 1: the policy has no budget, or is within its plan.
  double money(const routing::Policy& policy) const { return policy.budget ? money_of(policy.name.text) : 1; }
  bool is_empty() const { return all_.empty(); }

  // The rest belongs to the control loop. What a request under a policy cost, and when it ended: what ended
  // before the moment that take_new() was given is of the past that was asked for there.
  void count(std::string_view policy, config::Money cost, config::WallTime ended);
  // Time has passed. A new day begins with nothing spent.
  void pass(const Day& today);
  std::vector<Standing> standings() const;
  // As the market's memory keeps them, with the day they are of.
  std::vector<routing::BudgetMemory> memory() const;
  // What another process counted of the same day.
  void recall(const std::vector<routing::BudgetMemory>& memory, const Day& today);
  // The policies whose past until this moment is to be asked for, each once: a budget that a reload brings
  // has one, too.
  std::vector<std::string> take_new(config::WallTime until);
  // What the ledger has of the day from before this was counted: of this gateway, and of others.
  void began_with(const PolicySpent& own, const PolicySpent& others);
  // What this gateway has spent today, for others to be told; and what all others have by now.
  std::vector<PolicySpent> own() const;
  void others_spent(const std::vector<PolicySpent>& others);

 private:
  struct Budget {
    explicit Budget(std::string name) : policy(std::move(name)) {}
    const std::string policy;
    std::atomic<double> a_day{0};
    std::atomic<double> money{1};
    bool is_new = true;  // nobody asked yet what was spent before
    config::WallTime counted_from{};
    std::int64_t day = 0;
    std::int64_t before = 0, nanos = 0;  // before this was counted, and since
    std::int64_t others = 0, others_before = 0;

    std::int64_t own() const { return before + nanos; }
    double spent() const { return static_cast<double>(own() + std::max(others, others_before)) * 1e-9; }
  };
  double money_of(std::string_view policy) const;
  Budget* find(std::string_view policy) const;

  std::vector<std::shared_ptr<Budget>> all_;
};

}  // namespace gateway
