// Every endpoint there is, under dense numbers, and which of them answer to a name that clients use.
// Immutable: one per generation of the configuration, shared by all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/values/settings.hpp"

namespace routing {

// Dense, 0.., valid within one generation of the catalogue.
using EndpointIndex = std::uint32_t;

// The declared facts of one endpoint, with prices ready for arithmetic in dollars.
struct Endpoint {
  EndpointIndex index = 0;
  std::size_t model_index = 0;  // in Settings::models
  const config::EndpointSettings* settings = nullptr;
  const config::ProviderSettings* provider = nullptr;
  const config::ModelSettings* model = nullptr;
  std::uint64_t name_hash = 0;         // of model and endpoint name; survives a reload
  double dollars_per_input = 0;        // per token
  double dollars_per_output = 0;       // per token
  double dollars_per_reasoning = 0;    // per token
  double dollars_per_cache_read = 0;   // per token
  double dollars_per_cache_write = 0;  // per token, beside the input price
  double dollars_per_request = 0;
  double dollars_per_image = 0;  // of the prompt
  double dollars_per_search =
      0;                  // that the host makes in the web, as far as known: what bills go by is in prices()
  config::GeoWord geo{};  // where its provider is asked to answer, whatever requests say
  const config::PriceRule* rule = nullptr;  // whose prices these are; null: the endpoint's own
  const Endpoint* ruled = nullptr;  // the same under each of its price rules; null: it has none, or is one

  const config::Prices& prices() const { return rule ? rule->prices : settings->prices; }
};

// The endpoint with the prices that it has on that occasion; at the place that its provider is asked for,
// where the occasion names none.
inline const Endpoint& priced_on(const Endpoint& endpoint, config::Occasion occasion) {
  if (!endpoint.ruled) return endpoint;
  if (occasion.geo.empty()) occasion.geo = endpoint.geo;
  const auto& rules = endpoint.settings->price_rules;
  const config::PriceRule* rule = config::rule_for(rules, occasion);
  return rule ? endpoint.ruled[rule - rules.data()] : endpoint;
}

// An endpoint that may answer for a public name.
struct Candidate {
  EndpointIndex endpoint = 0;
  double quality_penalty = 0;  // declared dollars per request
};

// A name clients may ask for: a model, one of its aliases, or a route.
struct PublicModel {
  config::ModelName name;
  const config::ModelSettings* model = nullptr;  // absent for a route
  std::vector<Candidate> candidates;
};

class Catalogue {
 public:
  Catalogue(config::Settings settings, std::uint64_t generation);
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  std::uint64_t generation() const { return generation_; }
  const config::Settings& settings() const { return settings_; }
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  const std::vector<PublicModel>& models() const { return models_; }
  // Of every model at one provider, by the provider's place in Settings::providers.
  const std::vector<EndpointIndex>& endpoints_of(std::size_t provider_index) const {
    return by_provider_[provider_index];
  }
  // Nothing when no model, alias or route has this name. The result lives as long as the catalogue.
  const PublicModel* find(std::string_view name) const;
  // Up to three names near to one that is not there, the nearest first.
  std::vector<std::string> near(std::string_view name) const;

 private:
  const config::Settings settings_;
  const std::uint64_t generation_;
  std::vector<Endpoint> endpoints_;
  std::vector<Endpoint> ruled_;  // of all price rules, in the endpoints' order
  std::vector<PublicModel> models_;
  std::vector<std::vector<EndpointIndex>> by_provider_;
  std::unordered_map<std::string_view, std::size_t> by_name_;  // the texts are in settings_
};

}  // namespace routing
