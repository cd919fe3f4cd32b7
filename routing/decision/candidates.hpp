// Who may get a request at all, and which rule left each other one out and by how much. Pure.
#pragma once

#include <span>

#include "routing/decision/decision.hpp"
#include "routing/market/predict.hpp"
#include "routing/market/snapshot.hpp"
#include "routing/terms/in_flight.hpp"

namespace routing {

// All that one decision looks at. Everything referred to outlives the decision.
struct Question {
  const Snapshot& snapshot;
  const Policy& policy;
  const Demand& demand;
  std::span<const Attempt> tried;
  const InFlight& in_flight;
  config::TimePoint now;
  std::uint64_t seed;
  std::span<const EndpointIndex> withdrawn;
  std::span<const Allowance> allowances;
  double money;
  Asked asked;
  std::span<const std::uint64_t> known_blocks;  // the leading ones that any endpoint has seen lately
};

// With the prices that the decision reckoned with.
inline const Endpoint& priced(const Endpoint& endpoint, const Verdict& verdict) {
  return endpoint.ruled && verdict.price_rule >= 0 ? endpoint.ruled[verdict.price_rule] : endpoint;
}

// Of the endpoint's provider; null where there is room.
const Allowance* allowance_of(const Question& question, const Verdict& verdict);

View view_of(const Question& question, const Verdict& verdict);

// What the endpoint is, what the policy allows and the request wants: the first reason against it, or none.
// Again::yes lets one in that this request has asked already.
enum class Again { no, yes };
void filter(const Question& question, Verdict& verdict, Again again = Again::no);

// The policy's hard limits: the first one missed, or none.
void check_limits(const Question& question, const std::vector<Rule>& limits, Verdict& verdict);

// The request's only attempt there failed before anything was sent.
bool never_got_the_request(const Question& question, const Verdict& verdict);

// Whether a candidate that passed `filter` can be asked right now. With Panic::yes open breakers count no
// more.
enum class Panic { no, yes };
void check_availability(const Question& question, Panic panic, Verdict& verdict);

// When an endpoint that is cooling or open comes back.
config::TimePoint back_at(const Question& question, const Verdict& verdict);

}  // namespace routing
