// How long a request waits: for a host to come back, and for a reply that shows nothing until it is whole.
// Pure.
#pragma once

#include <optional>
#include <span>

#include "routing/decision/decision.hpp"
#include "routing/market/snapshot.hpp"
#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

inline constexpr config::Duration patience = std::chrono::seconds(5);

// Whether a request that nobody can take now is held until the first host comes back. Only for a few seconds
// in all: under overload, waiting on and on makes everybody late and answers nobody more.
inline bool worth_waiting(config::TimePoint until, const Demand& demand, config::TimePoint now) {
  return until > now && until <= demand.admitted + patience && until < demand.deadline;
}

// What the tokens of a whole reply may take where all is well: as many as the request or the endpoint allows,
// at half the speed of one reply in forty. Nothing where neither says how many.
std::optional<config::Duration> longest_generation(const Prediction& prediction, const Endpoint& endpoint,
                                                   const Demand& demand);

// How long a host may show nothing of its answer before another one is asked. One function for live requests
// and for simulated ones.
//   a stream: first_token_timeout; of a host whose first tokens are known, as long as one in ten thousand
//   takes
//     there for a prompt like this, were its cache to have forgotten it, at least 10 s; of one that may think
//     first, for as much thinking as is asked for (first_tokens.hpp); four times as long for each host that
//     was outwaited before, and with nobody left to ask. A fixed limit that fits no host either lets streams
//     hang or cuts slow ones that are paid for.
//   a whole reply: the 97.5th percentile of the time that this answer takes there, at least 5 s; four times
//   as long for each
//     host that was outwaited before, and with nobody left to ask; never more than first_token_timeout and
//     the longest generation
// An answer that is cut off is paid for, and nothing is learned of its length: that is why a request is not
// impatient twice. `decision` is the one that chose the endpoint; null where nobody predicts. `state` is the
// endpoint's when it was chosen; null where nothing is known of it.
config::Duration longest_silence(const Endpoint& endpoint, const Demand& demand, const Decision* decision,
                                 const Policy& policy, std::span<const Attempt> earlier,
                                 const EndpointState* state = nullptr);

// How long its reply to a stream may not even have begun, at a host that may think for long before its first
// token: as long as one head in ten thousand takes there, at least 15 s, and as much longer as above. Nothing
// where that is not known. Source: a relay's record of a million completions, whose healthy first tokens took
// up to minutes and whose heads never 15 s.
std::optional<config::Duration> longest_without_head(const Endpoint& endpoint, const Demand& demand,
                                                     const Decision& decision, const Policy& policy,
                                                     std::span<const Attempt> earlier,
                                                     const EndpointState& state);

}  // namespace routing
