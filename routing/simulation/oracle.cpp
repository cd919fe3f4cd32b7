#include "routing/simulation/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "routing/simulation/compliance.hpp"

namespace routing {
namespace {

// When nobody can take it now, it looks again after this.
constexpr config::Duration look_again = std::chrono::seconds(1);

}  // namespace

Turn Oracle::choose(const Situation& situation) {
  double least = std::numeric_limits<double>::infinity();
  std::optional<EndpointIndex> best;
  for (EndpointIndex i = 0; i < market_.size(); ++i) {
    if (std::ranges::find(situation.tried, i, &Attempt::endpoint) != situation.tried.end()) continue;
    if (!complies(values_, market_.catalogue(situation.now)->endpoints()[i], situation.demand)) continue;
    const double cost = market_.true_cost(i, situation.demand, output_.tokens(), values_, situation.now);
    if (cost >= least) continue;
    least = cost;
    best = i;
  }
  if (best) return Ask{.endpoint = *best};
  return Nobody{situation.now + look_again};
}

}  // namespace routing
