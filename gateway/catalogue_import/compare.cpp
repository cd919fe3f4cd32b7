#include "gateway/catalogue_import/compare.hpp"

#include <algorithm>
#include <optional>

#include "config/values/address.hpp"
#include "gateway/catalogue_import/names.hpp"

namespace gateway {
namespace {

using Price = config::PricePerMillionTokens;

constexpr double worth_telling = 0.2;
constexpr double deep_cut = 1;  // to less than half

struct Pair {
  std::string_view name;
  Price config::Prices::*of;
};
constexpr Pair pairs[] = {{"input", &config::Prices::input}, {"output", &config::Prices::output}};

std::string title_of(const config::EndpointSettings& endpoint) {
  return endpoint.name.text + " (" + endpoint.host_model + ")";
}

// Of long prompts, which ordinary requests may be. Whether something differs.
bool compare_rules(const config::EndpointSettings& endpoint, const Offer& offer,
                   CatalogueComparison& comparison) {
  bool differs = false;
  for (const config::PriceRule& listed : offer.row.rules) {
    const config::PriceConditions& when = listed.when;
    const bool is_of_all = when.tiers.none() && when.geos.empty();
    const bool is_plain = when.prompt_above && !when.hours && !when.from && is_of_all;
    if (!is_plain || *when.prompt_above >= endpoint.context) continue;
    const config::Occasion occasion{.prompt = {when.prompt_above->count + 1}};
    const config::PriceRule* ours = config::rule_for(endpoint.price_rules, occasion);
    const config::Prices& now = ours ? ours->prices : endpoint.prices;
    for (const Pair& pair : pairs) {
      const Price before = now.*pair.of, after = listed.prices.*pair.of;
      if (!differ(before, after, worth_telling)) continue;
      differs = true;
      comparison.changes.push_back({.endpoint = title_of(endpoint),
                                    .what = std::string(pair.name) + " for " + config::to_text(when) + " " +
                                            price_text(before) + " -> " + price_text(after) + " (" +
                                            offer.sources.front() + ")"});
    }
  }
  return differs;
}

// What is in force stays where no list says it, or it is cut deeply: hardly ever do two lists say it.
bool compare_pieces(const config::EndpointSettings& endpoint, Offer& offer, CatalogueComparison& comparison) {
  bool differs = false;
  for (const PricedPiece& piece : priced_pieces) {
    const config::Money now = endpoint.prices.*piece.of;
    config::Money& listed = offer.row.prices.*piece.of;
    if (listed.nanos == 0) listed = now;
    if (!differ({now}, {listed}, worth_telling)) continue;
    differs = true;
    CatalogueChange change{
        .endpoint = title_of(endpoint),
        .what = "each " + std::string(piece.name) + " " + each_text(now) + " -> " + each_text(listed)};
    if (listed < now && differ({now}, {listed}, deep_cut)) {
      change.is_kept = true;
      listed = now;
    }
    comparison.changes.push_back(std::move(change));
  }
  return differs;
}

void compare_prices(const config::EndpointSettings& endpoint, Offer& offer, CatalogueComparison& comparison) {
  bool differs = false;
  for (const Pair& pair : pairs) {
    const Price now = endpoint.prices.*pair.of;
    Price& listed = offer.row.prices.*pair.of;
    if (!differ(now, listed, worth_telling)) continue;
    differs = true;
    CatalogueChange change{.endpoint = title_of(endpoint),
                           .what = std::string(pair.name) + " " + price_text(now) + " -> " +
                                   price_text(listed) + " (" + offer.sources.front() + ")"};
    if (listed < now && differ(now, listed, deep_cut) && offer.sources.size() < 2) {
      change.is_kept = true;
      listed = now;
    }
    comparison.changes.push_back(std::move(change));
  }
  differs |= compare_pieces(endpoint, offer, comparison);
  differs |= compare_rules(endpoint, offer, comparison);
  if (offer.row.context != endpoint.context.count) {
    differs = true;
    comparison.changes.push_back({.endpoint = title_of(endpoint),
                                  .what = "context " + std::to_string(endpoint.context.count) + " tok -> " +
                                          std::to_string(offer.row.context) + " tok (" +
                                          offer.sources.front() + ")"});
  }
  if (!differs) ++comparison.same;
}

}  // namespace

std::string listed_name(const config::ProviderSettings& provider) {
  const auto is_there = [&](const KnownHost& host) {
    return host.base_url.find("://" + provider.base_url.host + "/") != std::string_view::npos ||
           host.base_url.ends_with("://" + provider.base_url.host);
  };
  const auto found = std::ranges::find_if(known_hosts(), is_there);
  if (found != known_hosts().end()) return std::string(found->name);
  const KnownHost* by_name = known_host(provider.name.text);
  return by_name ? std::string(by_name->name) : provider.name.text;
}

CatalogueComparison compare(const config::Settings& in_force, Agreement& agreement) {
  std::map<std::string, Offer*> by_key;
  for (Offer& offer : agreement.offers) by_key[key_of(offer.row.provider, offer.row.host_model)] = &offer;
  CatalogueComparison comparison;
  for (const config::ModelSettings& model : in_force.models) {
    for (const config::EndpointSettings& endpoint : model.endpoints) {
      const config::ProviderSettings& provider = in_force.providers[endpoint.provider_index];
      const auto found = by_key.find(key_of(listed_name(provider), endpoint.host_model));
      if (found == by_key.end()) {
        comparison.unlisted.push_back(title_of(endpoint));
      } else {
        compare_prices(endpoint, *found->second, comparison);
      }
    }
  }
  return comparison;
}

}  // namespace gateway
