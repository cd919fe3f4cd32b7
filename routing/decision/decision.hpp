// What was decided for one attempt, and why, to the last term: enough for a record, a response header and a
// page that explains. A value; belongs to its request and is reused between attempts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "routing/decision/cost.hpp"
#include "routing/market/lengths.hpp"
#include "routing/policy/overlay.hpp"
#include "routing/terms/reason.hpp"

namespace routing {

// Why an endpoint was left out. Each has a sentence in `to_text`.
enum class Removal {
  none,
  tried,           // by an earlier attempt of this request
  features,        // lacks what the request needs
  context,         // prompt and output do not fit; `missed_by` in tokens
  max_output,      // cannot return as many tokens; `missed_by` in tokens
  always,          // forbidden under every policy; `rule` counts in Policy::always
  policy_allow,    // `rule` counts in Policy::allow
  policy_require,  // `rule` counts in the limits that Decision::relaxed leaves in force
  cooling,         // the host asked to wait; `missed_by` in seconds
  open,            // its circuit breaker is open; `missed_by` in seconds, 0 while a trial is under way
  full,            // its own limit of requests in flight
  recovering,      // its breaker lets only a share of requests through
  overlay,         // by the request's own preferences; `filter` says which
  withdrawn,       // the newest configuration has it no more, or no longer allows it
  rejected,        // a host of its model found the request itself at fault
  unfit,           // it cannot take the request: Demand::unfit says why
  not_ready,       // an engine of one's own that says so itself, or does not answer when it is asked
  // The host's limits for our keys are used up; `missed_by` in seconds until there is room.
  credential_limit,
  other_model,  // a stream broke, and is gone on with by the model that began it alone
};
inline constexpr std::size_t removals = static_cast<std::size_t>(Removal::other_model) + 1;

// What is left of a host's limits for our keys there, at the one of them that has most.
struct Allowance {
  std::uint32_t provider = 0;  // in Settings::providers
  double left = 1;             // share of the tightest limit, once this request is counted
  config::Duration wait{};     // until there is room for it; zero: there is
};

struct Verdict {
  EndpointIndex endpoint = 0;
  Removal removal = Removal::none;
  int rule = -1;
  double missed_by = 0;            // of a rule's number: in the dimension of `margin`
  std::optional<Margin> margin{};  // of the rule that removed it, where it compares known numbers
  Filter filter = Filter::none;
  bool limits_rate = false;  // cooling since it answered 429
  std::int8_t price_rule =
      -1;        // the place of the one whose prices were reckoned with; -1: the endpoint's own
  int tier = 0;  // of model, the request's preferences and the policy's, in one; 0 comes first
  int rank = 0;  // 1 is the least cost; 0: removed
  Prediction prediction{};
  Cost cost{};
  double propensity = 0;            // probability that this request was sent here
  double weight = 0;                // under the policy's `choose`
  double beyond_context = 0;        // tokens, by an estimate: whether they fit, the host may know better
  std::uint32_t cached_blocks = 0;  // leading blocks of the prompt that it has seen lately
  double sampled = unknown;         // dollars under the draw of an exploration it took part in
};

struct Decision {
  std::optional<EndpointIndex> chosen{};
  Reason reason = Reason::best;
  double propensity = 0;
  double explored_dollars = 0;  // what exploring costs beyond the best, to be taken from the purse
  double expected_dollars = 0;  // of the best candidate, for filling the purse
  double money = 1;             // how much a dollar to a host counted; see pacing.hpp
  std::size_t relaxed = 0;      // steps of Policy::relax that were taken because nobody was left
  // The host chosen is half open: the attempt is a trial, of which only so many may be under way.
  std::optional<int> trials_allowed{};
  std::uint64_t snapshot = 0;
  std::uint64_t seed = 0;
  Length length{};  // expected of the answer, before any endpoint's verbosity
  std::vector<Verdict> verdicts;
  std::vector<std::uint32_t> order;  // of those not removed, indexes in `verdicts`, the best first
  // With nobody chosen: when the first one cooling or open comes back.
  std::optional<config::TimePoint> earliest{};
};

std::string_view to_text(Removal removal);

}  // namespace routing
