// OpenRouter's default since August 2026, as far as its guide "Traffic routing" tells: an adjusted price from
// what was really charged over the last half hour, re-estimated for this request's size and raised by
// failures (eight times the error rate), is set against speed, output tokens per second end to end;
// candidates draw shares that fall slowly near the best and steeply past a competitive edge, and never to
// nothing. The constants are those of its own illustration: 100 $ per (token/s) and million tokens, that is
// 0.36 $/h; shares ∝ exp(−1.4·gap) · sigmoid((0.30 − gap)/0.065); 8 % of requests explore alike everywhere.
// Recent minutes weigh most (here: forgetting with 10 min), a thin endpoint counts as its typical peer.
// Its real constants, its breaker relative to peers and its load cap are not published; the retry loop's own
// cool-downs stand in for them.
#pragma once

#include <vector>

#include "routing/simulation/balancer.hpp"
#include "routing/simulation/plain_balancers.hpp"

namespace routing {

class OpenRouterBalancer final : public Balancer {
 public:
  explicit OpenRouterBalancer(std::size_t endpoints) : known_(endpoints) {}

  EndpointIndex pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                     const Catalogue& catalogue, Dice dice) override;
  void dispatched(EndpointIndex, config::TimePoint) override {}
  void first_token(EndpointIndex, config::Duration, config::TimePoint) override {}
  void ended(const Attempt& attempt, const Demand&, config::TimePoint now) override;

 private:
  // Sums that are forgotten with time.
  struct Recent {
    double answers = 0, attempts = 0, errors = 0;
    double seconds = 0, tokens = 0;
    double charged = 0, listed = 0;  // dollars: what was billed, and what the list says for the same tokens
    config::TimePoint at{};
  };
  void forget(Recent& sums, config::TimePoint now) const;
  double rate(const Recent& sums) const;

  struct ListPrice {
    double input = 0, output = 0, request = 0;  // dollars
  };

  std::vector<Recent> known_;
  std::vector<ListPrice> prices_;  // by endpoint, as last seen
  std::vector<double> costs_, weights_;
  double typical_rate_ = 40;
  MeanOutput output_;
};

}  // namespace routing
