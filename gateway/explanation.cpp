#include "gateway/explanation.hpp"

#include "gateway/decision_page.hpp"

namespace gateway {

std::string explained(Services& services, const InferenceRequest& request) {
  const config::TimePoint now = services.timer.now();
  const Generation& generation = *request.hosts->generation;
  routing::plan(*services.snapshot, *request.policy, request.demand, {}, generation.in_flight, services.purse,
                {.now = now, .seed = services.dice.roll()}, services.decision);
  return decision_page({.decision = services.decision,
                        .catalogue = *generation.catalogue,
                        .policy = *request.policy,
                        .demand = request.demand,
                        .now = now,
                        .why = request.why_policy,
                        .snapshot = services.snapshot.get()});
}

}  // namespace gateway
