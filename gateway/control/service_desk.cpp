#include "gateway/control/service_desk.hpp"

#include "gateway/pages/service_page.hpp"

namespace gateway {
namespace {

bool is_meant(const ServiceCall& call, const std::string& model, const std::string& endpoint) {
  return endpoint == call.endpoint && (call.model.empty() || model == call.model);
}

}  // namespace

void ServiceDesk::keep(std::string file, const routing::Catalogue& catalogue) {
  disabled_.keep(std::move(file));
  drain_disabled(catalogue);
}

void ServiceDesk::adopt(const routing::Catalogue& catalogue) {
  drained_.adopt(catalogue);
  drain_disabled(catalogue);
}

void ServiceDesk::drain_disabled(const routing::Catalogue& catalogue) {
  for (const auto& [model, endpoint] : disabled_.all()) {
    drained_.change({.what = ServiceCall::What::drain, .endpoint = endpoint, .model = model}, catalogue);
  }
}

ServiceDesk::Changed ServiceDesk::change(const ServiceCall& call, const Generation& generation) {
  const auto changed = drained_.change(call, *generation.catalogue);
  Changed result;
  if (call.what == ServiceCall::What::resume) {
    KeptNames::Names left = disabled_.all();
    std::erase_if(left, [&](const auto& name) { return is_meant(call, name.first, name.second); });
    if (left.size() != disabled_.all().size()) {
      result.writing = disabled_.set(std::move(left));
      result.unwritten = {.status = 503, .text = "It is back until the next start only: "};
    }
  }
  result.told =
      changed.empty()
          ? Pages::Told{.status = 404, .text = no_such_endpoint(call)}
          : Pages::Told{.text = service_page(call, changed, *generation.catalogue, generation.in_flight)};
  return result;
}

ServiceDesk::Changed ServiceDesk::disable(const ServiceCall& call, const Generation& generation) {
  Changed result = change(call, generation);
  if (result.told.status != 200) return result;
  KeptNames::Names names = disabled_.all();
  for (const routing::Endpoint& endpoint : generation.catalogue->endpoints()) {
    const std::string& model = endpoint.model->name.text;
    if (is_meant(call, model, endpoint.settings->name.text)) names.emplace(model, call.endpoint);
  }
  result.writing = disabled_.set(std::move(names));
  result.unwritten = {.status = 503, .text = "It is out until the next start only: "};
  return result;
}

std::vector<routing::EndpointIndex> ServiceDesk::disabled(const routing::Catalogue& catalogue) const {
  std::vector<routing::EndpointIndex> all;
  for (const routing::EndpointIndex index : drained_.endpoints()) {
    const routing::Endpoint& endpoint = catalogue.endpoints()[index];
    if (disabled_.all().contains({endpoint.model->name.text, endpoint.settings->name.text}))
      all.push_back(index);
  }
  return all;
}

}  // namespace gateway
