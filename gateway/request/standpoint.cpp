#include "gateway/request/standpoint.hpp"

#include "routing/decision/withdrawal.hpp"

namespace gateway {

Standpoint standpoint(Services& services, const InferenceRequest& request) {
  if (request.hosts == services.hosts) return {.snapshot = *services.snapshot, .withdrawn = {}};
  const routing::PolicySet& newest = services.hosts->generation->policies;
  const routing::Policy* policy = newest.find(request.policy->name.text, request.demand.key);
  if (!policy) policy = newest.select(request.demand).policy;
  routing::find_withdrawn(*request.hosts->generation->catalogue, request.demand, *services.snapshot, *policy,
                          *request.policy, services.timer.now(), services.withdrawn);
  return {.snapshot = *request.hosts->last_snapshot, .withdrawn = services.withdrawn};
}

}  // namespace gateway
