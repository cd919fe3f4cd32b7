#include "routing/decision/elimination.hpp"

#include <algorithm>

namespace routing {
namespace {

bool has(const Decision& decision, Removal removal) {
  return std::ranges::find(decision.verdicts, removal, &Verdict::removal) != decision.verdicts.end();
}

void forget_removal(Verdict& verdict) {
  verdict.removal = Removal::none;
  verdict.missed_by = 0;
  verdict.margin.reset();
  verdict.rule = -1;
}

// The one place where hard limits apply, after all that is never given up.
void apply_limits(const Question& question, Decision& decision) {
  const std::vector<Rule>& limits = limits_after(question.policy, decision.relaxed);
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal == Removal::policy_require) forget_removal(verdict);
    if (verdict.removal == Removal::none) check_limits(question, limits, verdict);
  }
}

// Leaves out who cannot be asked right now, unless that would be more than half of all, or nobody would be
// left: a doubtful host is better than none. While somebody is left, only those count as doubtful that have
// something of ours under way: who is full serves what it took, and who is down has nothing. Where two of
// three clouds are down all attempts went to their cheap hosts.
Panic leave_out_unavailable(const Question& question, Decision& decision) {
  int eligible = 0, open = 0, left = 0;
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::none) continue;
    ++eligible;
    check_availability(question, Panic::no, verdict);
    if (verdict.removal == Removal::open) ++open;
    if (verdict.removal == Removal::none) ++left;
  }
  if (open * 2 <= eligible && left > 0) return Panic::no;
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::open && verdict.removal != Removal::recovering) continue;
    const bool serves = question.in_flight.at(verdict.endpoint) > 0;
    if (left > 0 && verdict.removal == Removal::open && !serves) continue;
    forget_removal(verdict);
    check_availability(question, Panic::yes, verdict);
  }
  return Panic::yes;
}

// Whom the prompt may not fit is asked only where it fits nobody for sure: a refusal costs a round trip.
void leave_out_doubtful(Decision& decision) {
  const auto is_left = [](const Verdict& verdict) { return verdict.removal == Removal::none; };
  const auto fits = [&](const Verdict& verdict) { return is_left(verdict) && verdict.beyond_context == 0; };
  if (std::ranges::none_of(decision.verdicts, fits)) return;
  for (Verdict& verdict : decision.verdicts) {
    if (!is_left(verdict) || verdict.beyond_context == 0) continue;
    verdict.removal = Removal::context;
    verdict.missed_by = verdict.beyond_context;
  }
}

}  // namespace

Panic eliminate(const Question& question, Decision& decision) {
  decision.relaxed = 0;
  for (;;) {
    apply_limits(question, decision);
    const Panic panic = leave_out_unavailable(question, decision);
    const bool more_to_give = decision.relaxed < question.policy.relax.size();
    if (!more_to_give || has(decision, Removal::none) || !has(decision, Removal::policy_require)) {
      leave_out_doubtful(decision);
      return panic;
    }
    ++decision.relaxed;
  }
}

void ask_again(const Question& question, Decision& decision) {
  const std::vector<Rule>& limits = limits_after(question.policy, decision.relaxed);
  for (Verdict& verdict : decision.verdicts) {
    if (verdict.removal != Removal::tried || !never_got_the_request(question, verdict)) continue;
    forget_removal(verdict);
    filter(question, verdict, Again::yes);
    if (verdict.removal == Removal::none) check_limits(question, limits, verdict);
    if (verdict.removal == Removal::none) check_availability(question, Panic::yes, verdict);
  }
}

}  // namespace routing
