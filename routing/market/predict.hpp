// What to expect of one request at one endpoint: times, tokens, dollars, each for this very prompt and the
// load that is there now. Pure.
#pragma once

#include <bitset>

#include "routing/market/snapshot.hpp"
#include "routing/terms/demand.hpp"

namespace routing {

// What only the request decides; found once per decision.
struct Asked {
  double prompt = 0;                  // tokens, estimated
  Length length{};                    // of the answer
  double most_output = 0;             // tokens; infinity where the client set no limit
  double answers = 1;                 // of that length, side by side
  double pictures = 0;                // in the prompt
  double searches = 0;                // that hosts are expected to make
  std::bitset<check_count> checks{};  // that decisions heed: by Check
  CacheMarks cache_marks = CacheMarks::none;
};
Asked asked(const Demand& demand, const LengthTable* lengths);

// Share of the prompt that its first `blocks` blocks make up.
double prompt_share(const Demand& demand, std::size_t blocks);

// The endpoint with the prices that this prompt will meet there, as far as its length is known.
inline const Endpoint& priced_for(const Endpoint& endpoint, const EndpointState& state,
                                  const Demand& demand) {
  if (!endpoint.ruled) return endpoint;
  const double prompt = static_cast<double>(demand.prompt.count) * state.prompt_scale;
  return priced_on(endpoint, {.prompt = {static_cast<std::int64_t>(prompt)},
                              .at = demand.wall,
                              .tier = demand.tier,
                              .geo = demand.geo});
}

// `cached_share`: of the prompt, that the endpoint saw lately.
Prediction predict(const Endpoint& endpoint, const EndpointState& state, const Asked& asked,
                   double cached_share, double in_flight, config::TimePoint now);

}  // namespace routing
