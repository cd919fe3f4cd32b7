#include "gateway/serving/attempting.hpp"

#include <algorithm>

#include "gateway/continuation/continuation.hpp"
#include "gateway/tab/settlement.hpp"

namespace gateway {

bool goes_on(const Attempting& with) {
  return with.continuation && with.continuation->is_going_on();
}

std::string_view shown_model(const InferenceRequest& request, const routing::Endpoint& endpoint) {
  const routing::Demand& demand = request.demand;
  const auto is_endpoint = [&](const routing::Candidate& each) { return each.endpoint == endpoint.index; };
  const bool is_asked_for = std::ranges::any_of(demand.model->candidates, is_endpoint);
  return is_asked_for ? std::string_view(demand.model_requested) : endpoint.model->name.text;
}

const routing::Endpoint& endpoint_of(const Attempting& with) {
  return with.request.hosts->generation->catalogue->endpoints()[with.tried.attempt.endpoint];
}

CostShown cost_of_attempt(const Attempting& with) {
  const CostShown cost = cost_shown(endpoint_of(with), with.tried.attempt.usage.value_or(routing::Usage{}),
                                    sale_of(with.request, with.tried.replies));
  return goes_on(with) ? with.continuation->with_earlier(cost) : cost;
}

StreamIdentity identity_of(const Attempting& with) {
  const routing::Endpoint& endpoint = endpoint_of(with);
  return {.id = with.request.id,
          .created = std::chrono::system_clock::to_time_t(with.request.demand.wall),
          .model = shown_model(with.request, endpoint),
          .provider = shown_provider(endpoint),
          .owner = endpoint.name_hash};
}

namespace {

// Whether another endpoint that this request may reach could be sent what this one made.
bool has_native_peers(const Attempting& with, const std::vector<routing::Endpoint>& endpoints) {
  const config::Format format = with.request.surface->format();
  const auto natives = [&](const routing::PublicModel& model) {
    return std::ranges::count_if(model.candidates, [&](const routing::Candidate& each) {
      return endpoints[each.endpoint].settings->speaks.has(format);
    });
  };
  auto count = natives(*with.request.demand.model);
  for (const routing::PublicModel* model : with.request.demand.fallbacks) count += natives(*model);
  return count > 1;
}

}  // namespace

providers::HostModel host_model_of(const Attempting& with) {
  const auto& endpoints = with.request.hosts->generation->catalogue->endpoints();
  const routing::Endpoint& endpoint = endpoint_of(with);
  providers::HostModel model = providers::host_model_of(endpoint);
  if (has_native_peers(with, endpoints)) model.owner = endpoint.name_hash;
  if (with.request.asked.keeps_think_tags) model.think_tags = config::ThinkTags::text;
  return model;
}

OurNames our_names_for(const Attempting& with) {
  return OurNames(*with.request.surface, identity_of(with), with.request.asked.referred,
                  sealed_id_for(with.request, endpoint_of(with)));
}

}  // namespace gateway
