#include "gateway/request/standpoint.hpp"

#include "routing/decision/withdrawal.hpp"

namespace gateway {

namespace {

// Of the newest generation.
std::span<const routing::EndpointIndex> out_of_service(const DecidingServices& services) {
  const OutOfService* out = services.out_of_service.get();
  if (!out || out->generation != services.hosts->generation->catalogue->generation()) return {};
  return out->endpoints;
}

// The same of the generation that a request began with.
void add_out_of_service(DecidingServices& services, const InferenceRequest& request) {
  const auto& newest = services.hosts->generation->catalogue->endpoints();
  const auto& began = request.hosts->generation->catalogue->endpoints();
  for (const routing::EndpointIndex index : out_of_service(services)) {
    for (const routing::Endpoint& each : began) {
      const bool is_it = each.settings->name == newest[index].settings->name &&
                         each.model->name == newest[index].model->name;
      if (is_it) services.withdrawn.push_back(each.index);
    }
  }
}

}  // namespace

Standpoint standpoint(DecidingServices& services, const InferenceRequest& request) {
  if (request.hosts == services.hosts) {
    return {.snapshot = *services.snapshot, .withdrawn = out_of_service(services)};
  }
  const routing::PolicySet& newest = services.hosts->generation->policies;
  const routing::Policy* policy = newest.find(request.policy->name.text, request.demand.key);
  if (!policy) policy = newest.select(request.demand).policy;
  routing::find_withdrawn(*request.hosts->generation->catalogue, request.demand, *services.snapshot, *policy,
                          *request.policy, services.timer.now(), services.withdrawn);
  add_out_of_service(services, request);
  return {.snapshot = *request.hosts->last_snapshot, .withdrawn = services.withdrawn};
}

}  // namespace gateway
