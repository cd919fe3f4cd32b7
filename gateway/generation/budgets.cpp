#include "gateway/generation/budgets.hpp"

#include <algorithm>

#include "routing/decision/pacing.hpp"
#include "routing/terms/draws.hpp"

namespace gateway {
Budgets::Budgets(const routing::PolicySet& policies, const Budgets* before) {
  for (const routing::Policy& policy : policies.policies()) {
    if (!policy.budget) continue;
    std::shared_ptr<Budget> known;
    for (std::size_t i = 0; before && i < before->all_.size(); ++i) {
      if (before->all_[i]->policy == policy.name.text) known = before->all_[i];
    }
    if (!known) known = std::make_shared<Budget>(policy.name.text);
    known->a_day.store(*policy.budget, std::memory_order_relaxed);
    all_.push_back(std::move(known));
  }
}

Budgets::Budget* Budgets::find(std::string_view policy) const {
  const auto found =
      std::ranges::find_if(all_, [&](const std::shared_ptr<Budget>& each) { return each->policy == policy; });
  return found == all_.end() ? nullptr : found->get();
}

double Budgets::money_of(std::string_view policy) const {
  const Budget* budget = find(policy);
  return budget ? budget->money.load(std::memory_order_relaxed) : 1;
}

void Budgets::count(std::string_view policy, config::Money cost, config::WallTime ended) {
  Budget* budget = find(policy);
  if (budget && ended >= budget->counted_from) budget->nanos += std::max<std::int64_t>(cost.nanos, 0);
}

void Budgets::pass(const Day& today) {
  for (const auto& each : all_) {
    // What was counted before any day was known is of this one.
    if (each->day != 0 && each->day != today.begins)
      each->before = each->nanos = each->others = each->others_before = 0;
    each->day = today.begins;
    each->money.store(
        routing::money_counts(each->a_day.load(std::memory_order_relaxed), each->spent(), today.share),
        std::memory_order_relaxed);
  }
}

std::vector<Budgets::Standing> Budgets::standings() const {
  std::vector<Standing> standings;
  for (const auto& each : all_) {
    standings.push_back({.policy = each->policy,
                         .a_day = each->a_day.load(std::memory_order_relaxed),
                         .spent = each->spent(),
                         .money = each->money.load(std::memory_order_relaxed)});
  }
  return standings;
}

std::vector<routing::BudgetMemory> Budgets::memory() const {
  std::vector<routing::BudgetMemory> memory;
  for (const auto& each : all_) {
    memory.push_back({.policy = routing::hash_of(each->policy), .day = each->day, .nanos = each->own()});
  }
  return memory;
}

void Budgets::recall(const std::vector<routing::BudgetMemory>& memory, const Day& today) {
  for (const auto& each : all_) {
    each->day = today.begins;
    for (const routing::BudgetMemory& known : memory) {
      if (known.policy == routing::hash_of(each->policy) && known.day == today.begins)
        each->before = known.nanos;
    }
  }
  pass(today);
}

std::vector<std::string> Budgets::take_new(config::WallTime until) {
  std::vector<std::string> policies;
  for (const auto& each : all_) {
    if (!std::exchange(each->is_new, false)) continue;
    each->counted_from = until;
    policies.push_back(each->policy);
  }
  return policies;
}

void Budgets::began_with(const PolicySpent& own, const PolicySpent& others) {
  Budget* budget = find(own.policy);
  if (!budget || budget->day != own.day) return;
  // Either may lack the last seconds.
  budget->before = std::max(budget->before, own.nanos);
  budget->others_before = std::max(budget->others_before, others.nanos);
}

std::vector<PolicySpent> Budgets::own() const {
  std::vector<PolicySpent> all;
  for (const auto& each : all_)
    all.push_back({.policy = each->policy, .day = each->day, .nanos = each->own()});
  return all;
}

void Budgets::others_spent(const std::vector<PolicySpent>& others) {
  for (const PolicySpent& each : others) {
    Budget* budget = find(each.policy);
    // Nothing that was spent is spent no more: a server that forgot knows less.
    if (budget && budget->day == each.day) budget->others = std::max(budget->others, each.nanos);
  }
}

}  // namespace gateway
