#include "gateway/tab/worst.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "gateway/request/key_room.hpp"
#include "routing/policy/who_may_answer.hpp"

namespace gateway {
namespace {

config::PricePerMillionTokens dearest(
    config::PricePerMillionTokens usual,
    std::initializer_list<std::optional<config::PricePerMillionTokens>> others) {
  for (const auto& other : others) usual = std::max(usual, other.value_or(usual));
  return usual;
}

// As hosts may count it.
config::Tokens longest_prompt(const routing::Demand& demand) {
  constexpr std::int64_t underestimate = 13;  // tenths
  return {(demand.prompt.count * underestimate + 9) / 10};
}

Worst worst_on(const InferenceRequest& request, const routing::Endpoint& endpoint,
               const config::Occasion& occasion) {
  const routing::Demand& demand = request.demand;
  const config::EndpointSettings& settings = *endpoint.settings;
  const config::Prices& prices = routing::priced_on(endpoint, occasion).prices();
  const config::Tokens length = longest_prompt(demand);
  std::int64_t output = std::max<std::int64_t>(settings.context.count - demand.prompt.count, 0);
  if (settings.max_output) output = std::min(output, settings.max_output->count);
  if (demand.max_output)
    output = settings.max_output ? std::min(output, demand.max_output->count) : demand.max_output->count;
  if (request.most_output) output = std::min(output, request.most_output->count);
  if (!request.surface->writes_answers()) output = 0;
  // Each of the requests that it takes has its fee.
  config::Money prompt{prices.request.nanos * key_needs(request, endpoint, 0).requests +
                       prices.image.nanos * demand.pictures +
                       prices.search.nanos * demand.searches * demand.answers};
  using Price = std::optional<config::PricePerMillionTokens>;
  const auto where = [&](config::Feature needed, const Price& price) {
    return demand.needs.test(static_cast<std::size_t>(needed)) ? price : Price();
  };
  prompt = prompt + dearest(prices.input, {where(config::Feature::audio, prices.audio_input),
                                           where(config::Feature::images, prices.image_input)})
                        .of(length);
  if (prices.cache_write) {
    const Price for_an_hour = prices.cache_write_1h.value_or(prices.input);
    prompt = prompt + dearest(*prices.cache_write, {for_an_hour}).of(length);
  }
  const config::PricePerMillionTokens per_token =
      dearest(prices.output,
              {where(config::Feature::audio, prices.audio_output), prices.image_output, prices.reasoning});
  const config::Money answer = per_token.of({output * demand.answers});
  return {.prompt = prompt.nanos,
          .per_token = per_token.price.nanos,
          .output = output,
          .all = prompt.nanos + answer.nanos};
}

}  // namespace

// Its prompt may be longer than we think, cost more, and meet a dearer rule; and a host may serve it at
// another tier than was asked for, at any where none was, and at any place where none was asked for.
Worst worst_at(const InferenceRequest& request, const routing::Endpoint& endpoint) {
  const routing::Demand& demand = request.demand;
  using Tier = config::ServiceTier;
  config::Occasion occasion{
      .prompt = demand.prompt, .at = demand.wall, .tier = demand.tier, .geo = demand.geo};
  Worst most = worst_on(request, endpoint, occasion);
  if (!endpoint.ruled) return most;
  const auto consider = [&] {
    const Worst here = worst_on(request, endpoint, occasion);
    most.prompt = std::max(most.prompt, here.prompt);
    most.per_token = std::max(most.per_token, here.per_token);
    most.all = std::max(most.all, here.all);
  };
  occasion.prompt = longest_prompt(demand);
  for (std::size_t each = 0; each < config::service_tier_count; ++each) {
    const Tier tier = static_cast<Tier>(each);
    const bool may_be = demand.tier == Tier::standard || tier == demand.tier || tier == Tier::standard;
    if (!may_be) continue;
    occasion.tier = tier, occasion.geo = demand.geo;
    consider();
    if (!demand.geo.empty() || !endpoint.geo.empty()) continue;
    for (const config::PriceRule& rule : endpoint.settings->price_rules) {
      for (const config::GeoWord& geo : rule.when.geos) {
        occasion.geo = geo;
        consider();
      }
    }
  }
  return most;
}

Worst worst_of(const InferenceRequest& request, const routing::Snapshot* newest) {
  const routing::Catalogue& catalogue = *request.hosts->generation->catalogue;
  const bool is_known = newest && newest->catalogue.get() == &catalogue;
  Worst most;
  const auto add = [&](const routing::PublicModel& model) {
    for (const routing::Candidate& each : model.candidates) {
      const routing::Endpoint& endpoint = catalogue.endpoints()[each.endpoint];
      const Worst here = worst_at(request, endpoint);
      const bool is_more = here.prompt > most.prompt || here.per_token > most.per_token ||
                           here.output > most.output || here.all > most.all;
      if (!is_more) continue;  // nor is it looked whether it may be asked
      const double scale = is_known ? newest->endpoints[each.endpoint].prompt_scale : 0;
      if (!routing::may_ever_answer(endpoint, *request.policy, request.demand, scale)) continue;
      most.prompt = std::max(most.prompt, here.prompt);
      most.per_token = std::max(most.per_token, here.per_token);
      most.output = std::max(most.output, here.output);
      most.all = std::max(most.all, here.all);
    }
  };
  add(*request.demand.model);
  for (const routing::PublicModel* model : request.demand.fallbacks) add(*model);
  return most;
}

}  // namespace gateway
