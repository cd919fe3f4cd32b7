// LiteLLM's `latency-based-routing` as it stands since its fix of September 2026: per deployment the last
// ten samples within an hour, for streams the time to the first token and no longer divided by the answer's
// length; a timeout counts 1000 s; one never asked counts 0 and is tried first; a draw among all that are no
// slower than the lowest mean (lowest_latency_buffer 0). No price, no requests in flight. Its cool-down: 5 s
// after a 429, 401, 404 or 408, or when more than half of at least five requests in this calendar minute
// failed. Source: BerriAI/litellm, litellm/router_strategy/lowest_latency.py and router_utils/cooldown.
#pragma once

#include <deque>
#include <vector>

#include "routing/simulation/balancer.hpp"

namespace routing {

class LiteLlmBalancer final : public Balancer {
 public:
  explicit LiteLlmBalancer(std::size_t endpoints) : known_(endpoints) {}

  EndpointIndex pick(std::span<const EndpointIndex> eligible, const Situation& situation, const Catalogue&,
                     Dice dice) override;
  void dispatched(EndpointIndex, config::TimePoint) override {}
  void first_token(EndpointIndex, config::Duration, config::TimePoint) override {}
  void ended(const Attempt& attempt, const Demand&, config::TimePoint now) override;

 private:
  struct Sample {
    config::TimePoint at{};
    double seconds = 0;
  };
  struct Deployment {
    std::deque<Sample> samples;  // at most ten
    std::int64_t minute = 0;
    int failures = 0;
    int requests = 0;
    config::TimePoint cooling_until{};
  };
  static double mean(const Deployment& deployment, config::TimePoint now);

  std::vector<Deployment> known_;
};

}  // namespace routing
