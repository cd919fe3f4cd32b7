#include "gateway/pages/service_page.hpp"

#include <boost/json.hpp>

#include "gateway/text/in_quotes.hpp"
#include "gateway/text/json_page.hpp"

namespace gateway {

namespace json = boost::json;

std::string service_page(const ServiceCall& call, std::span<const routing::EndpointIndex> changed,
                         const routing::Catalogue& catalogue, const routing::InFlight& in_flight) {
  json::array rows;
  for (const routing::EndpointIndex index : changed) {
    rows.push_back(json::object{{"endpoint", call.endpoint},
                                {"model", catalogue.endpoints()[index].model->name.text},
                                {"drained", call.what == ServiceCall::What::drain},
                                {"in_flight", in_flight.at(index)}});
  }
  return json_page(json::object{{"endpoints", std::move(rows)}});
}

std::string no_such_endpoint(const ServiceCall& call) {
  const std::string of = call.model.empty() ? "" : " of the model " + in_quotes(call.model);
  return "There is no endpoint " + in_quotes(call.endpoint) + of + ".";
}

}  // namespace gateway
