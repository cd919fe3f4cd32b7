#include "routing/terms/catalogue.hpp"

#include <algorithm>
#include <span>

#include "routing/terms/draws.hpp"

namespace routing {
namespace {

void set_prices(Endpoint& endpoint) {
  const config::Prices& prices = endpoint.prices();
  endpoint.dollars_per_input = prices.input.dollars_per_token();
  endpoint.dollars_per_output = prices.output.dollars_per_token();
  endpoint.dollars_per_reasoning = prices.reasoning.value_or(prices.output).dollars_per_token();
  endpoint.dollars_per_cache_read = prices.cache_read.value_or(prices.input).dollars_per_token();
  endpoint.dollars_per_cache_write = prices.cache_write ? prices.cache_write->dollars_per_token() : 0;
  endpoint.dollars_per_request = prices.request.dollars();
  endpoint.dollars_per_image = prices.image.dollars();
  endpoint.dollars_per_search = prices.search.dollars();
}

// Who declares no price of searches is thought to take what the dearest of its model takes: else requests
// that search would go to whoever says least.
void believe_searches(std::span<Endpoint> endpoints, std::span<Endpoint> under_rules) {
  double dearest = 0;
  const auto each = [&](auto look) {
    std::ranges::for_each(endpoints, look);
    std::ranges::for_each(under_rules, look);
  };
  each([&](const Endpoint& endpoint) { dearest = std::max(dearest, endpoint.dollars_per_search); });
  each([&](Endpoint& endpoint) {
    if (endpoint.dollars_per_search == 0) endpoint.dollars_per_search = dearest;
  });
}

}  // namespace

Catalogue::Catalogue(config::Settings settings, std::uint64_t generation)
    : settings_(std::move(settings)), generation_(generation) {
  by_provider_.resize(settings_.providers.size());
  models_.reserve(settings_.models.size() + settings_.routes.size());
  for (std::size_t m = 0; m < settings_.models.size(); ++m) {
    const config::ModelSettings& model = settings_.models[m];
    PublicModel& known =
        models_.emplace_back(PublicModel{.name = model.name, .model = &model, .candidates = {}});
    const std::size_t first = endpoints_.size(), first_ruled = ruled_.size();
    for (const config::EndpointSettings& endpoint : model.endpoints) {
      const auto index = static_cast<EndpointIndex>(endpoints_.size());
      Endpoint& known_here = endpoints_.emplace_back(
          Endpoint{.index = index,
                   .model_index = m,
                   .settings = &endpoint,
                   .provider = &settings_.providers[endpoint.provider_index],
                   .model = &model,
                   .name_hash = hash_of(endpoint.name.text) ^ mixed(hash_of(model.name.text))});
      set_prices(known_here);
      known_here.geo = config::GeoWord(known_here.provider->inference_geo);
      for (const config::PriceRule& rule : endpoint.price_rules) {
        Endpoint& under_rule = ruled_.emplace_back(known_here);
        under_rule.rule = &rule;
        set_prices(under_rule);
      }
      known.candidates.push_back({.endpoint = index, .quality_penalty = 0});
      by_provider_[endpoint.provider_index].push_back(index);
    }
    believe_searches(std::span(endpoints_).subspan(first), std::span(ruled_).subspan(first_ruled));
    by_name_.emplace(model.name.text, m);
  }
  const Endpoint* ruled = ruled_.data();
  for (Endpoint& endpoint : endpoints_) {
    const std::size_t rules = endpoint.settings->price_rules.size();
    if (rules > 0) endpoint.ruled = ruled;
    ruled += rules;
  }
  for (std::size_t m = 0; m < settings_.models.size(); ++m) {
    for (const config::ModelName& alias : settings_.models[m].aliases) by_name_.emplace(alias.text, m);
  }
  for (const config::RouteSettings& route : settings_.routes) {
    PublicModel& known =
        models_.emplace_back(PublicModel{.name = route.name, .model = nullptr, .candidates = {}});
    for (const config::RouteMember& member : route.members) {
      const auto found = by_name_.find(member.model.text);
      if (found == by_name_.end()) continue;  // the loader refuses such a route
      for (const Candidate& candidate : models_[found->second].candidates) {
        known.candidates.push_back(
            {.endpoint = candidate.endpoint, .quality_penalty = member.quality_penalty.dollars()});
      }
    }
    by_name_.emplace(route.name.text, models_.size() - 1);
  }
}

const PublicModel* Catalogue::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &models_[found->second];
}

std::vector<std::string> Catalogue::near(std::string_view name) const {
  std::vector<std::string> names, result;
  for (const auto& [known, index] : by_name_) names.emplace_back(known);
  while (result.size() < 3) {
    const std::string best = config::nearest(std::string(name), names);
    if (best.empty()) break;
    result.push_back(best);
    std::erase(names, best);
  }
  return result;
}

}  // namespace routing
