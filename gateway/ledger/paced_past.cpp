#include "gateway/ledger/paced_past.hpp"

#include <algorithm>

#include "gateway/ledger/ledger_times.hpp"

namespace gateway {

PacedPast::PacedPast(Ledger& ledger, OnControl on_control, Tell tell, Say say)
    : ledger_(ledger), on_control_(std::move(on_control)), tell_(std::move(tell)), say_(std::move(say)) {}

void PacedPast::look_up(std::vector<std::string> policies, std::int64_t day, config::WallTime until) {
  if (policies.empty()) return;
  go_on({.policies = std::move(policies), .day = day, .from_ms = day * 1000, .until_ms = ms_of(until)});
}

// A quarter of an hour at a time: whoever else reads there waits no longer, nor does the end of the process.
void PacedPast::go_on(Looked looked) {
  constexpr std::int64_t slice = 15 * 60 * 1000;
  constexpr int most_faults = 30;
  if (looked.from_ms >= looked.until_ms) {
    for (const std::string& policy : looked.policies) tell_(policy, looked.day, looked.costs[policy]);
    return;
  }
  ledger_.read([this, so_far = std::move(looked)](LedgerStore* store) {
    Looked next = so_far;
    if (store) {
      const std::int64_t until = std::min(next.from_ms + slice, next.until_ms);
      for (const auto& [policy, cost] : store->costs_by_policy(next.from_ms, until)) {
        next.costs[policy].own += cost.own;
        next.costs[policy].others += cost.others;
      }
      next.from_ms = until;
    } else if (++next.faults > most_faults) {
      say_(
          "what policies with a budget spent today cannot be read; they begin with what is "
          "remembered");
      return;
    }
    on_control_([this, next] { go_on(next); });
  });
}

}  // namespace gateway
