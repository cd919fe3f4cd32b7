#include "gateway/generation/drained.hpp"

namespace gateway {

void Drained::adopt(const routing::Catalogue& catalogue) {
  auto out = std::make_shared<OutOfService>();
  out->generation = catalogue.generation();
  for (const routing::Endpoint& endpoint : catalogue.endpoints()) {
    if (names_.contains({endpoint.model->name.text, endpoint.settings->name.text}))
      out->endpoints.push_back(endpoint.index);
  }
  now_ = out->endpoints.empty() ? nullptr : std::move(out);
}

std::vector<routing::EndpointIndex> Drained::change(const ServiceCall& call,
                                                    const routing::Catalogue& catalogue) {
  std::vector<routing::EndpointIndex> changed;
  for (const routing::Endpoint& endpoint : catalogue.endpoints()) {
    const std::string& model = endpoint.model->name.text;
    const bool is_meant =
        endpoint.settings->name.text == call.endpoint && (call.model.empty() || model == call.model);
    if (!is_meant) continue;
    if (call.what == ServiceCall::What::drain) {
      names_.emplace(model, call.endpoint);
    } else {
      names_.erase({model, call.endpoint});
    }
    changed.push_back(endpoint.index);
  }
  adopt(catalogue);
  return changed;
}

}  // namespace gateway
