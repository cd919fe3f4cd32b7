#include "gateway/record_file/fleet_bytes.hpp"

#include <algorithm>

#include "gateway/record_file/byte_exchange.hpp"

namespace gateway {
namespace {

const auto name = [](auto& io, auto& value) { io(value.text); };
const auto plain = [](auto& io, auto& value) { io(value); };

void exchange_bits(auto& io, auto& set) {
  auto bits = set.to_ullong();
  io(bits);
  if constexpr (is_target<decltype(set)>) set = std::remove_cvref_t<decltype(set)>(bits);
}

// GCC 12 has no way to refer to an optional's truth but by value.
void exchange_truth(auto& io, auto& fact) {
  int known = fact ? (*fact ? 2 : 1) : 0;
  io(known);
  if constexpr (is_target<decltype(fact)>) fact = known == 0 ? std::nullopt : std::optional<bool>(known == 2);
}

void exchange_source(auto& io, auto& source) {
  io(source.text), io(source.place.file), io(source.place.line), io(source.place.column);
}
const auto source = [](auto& io, auto& value) { exchange_source(io, value); };

void exchange_provider(auto& io, auto& provider) {
  io(provider.name.text), io(provider.display_name);
  io.maybe(provider.jurisdiction, plain), io.list(provider.regions, plain);
  exchange_truth(io, provider.data_policy.retains_prompts);
  exchange_truth(io, provider.data_policy.trains_on_prompts);
  exchange_truth(io, provider.data_policy.zero_data_retention);
  io.maybe(provider.limits.max_in_flight, plain);
}

void exchange_prices(auto& io, auto& prices) {
  const auto price = [](auto& in, auto& value) { in(value.price.nanos); };
  price(io, prices.input), price(io, prices.output);
  io.maybe(prices.cache_read, price), io.maybe(prices.cache_write, price);
  io.maybe(prices.cache_write_1h, price);
  io(prices.request.nanos);
}

void exchange_rare_prices(auto& io, auto& prices) {
  const auto price = [](auto& in, auto& value) { in(value.price.nanos); };
  io.maybe(prices.audio_input, price), io.maybe(prices.audio_cache_read, price);
  io.maybe(prices.image_input, price), io.maybe(prices.audio_output, price);
  io.maybe(prices.image_output, price), io.maybe(prices.reasoning, price);
  io(prices.search.nanos);
}

void exchange_conditions(auto& io, auto& when) {
  const auto tokens = [](auto& in, auto& value) { in(value.count); };
  io.maybe(when.prompt_above, tokens), io.maybe(when.prompt_to, tokens);
  io.maybe(when.hours, [](auto& in, auto& hours) { in(hours.from.minutes), in(hours.to.minutes); });
  exchange_bits(io, when.weekdays);
  io.maybe(when.from, plain), io.maybe(when.until, plain);
  exchange_bits(io, when.tiers);
}

void exchange_geo_word(auto& io, auto& geo) {
  std::string word(geo.text());
  io(word);
  if constexpr (is_target<decltype(geo)>) geo = config::GeoWord(word);
}

bool has_geos(const config::Settings& settings) {
  return std::ranges::any_of(settings.models, [](const config::ModelSettings& model) {
    return std::ranges::any_of(model.endpoints, [](const config::EndpointSettings& endpoint) {
      return std::ranges::any_of(endpoint.price_rules,
                                 [](const config::PriceRule& rule) { return !rule.when.geos.empty(); });
    });
  });
}

// Prices by where an answer is made, and where providers are asked for it.
void exchange_geos(auto& io, auto& settings) {
  for (auto& provider : settings.providers) io(provider.inference_geo);
  for (auto& model : settings.models) {
    for (auto& endpoint : model.endpoints) {
      for (auto& rule : endpoint.price_rules) {
        io.list(rule.when.geos, [](auto& in, auto& geo) { exchange_geo_word(in, geo); });
      }
    }
  }
}

// What pictures cost by the piece.
void exchange_picture_prices(auto& io, auto& settings) {
  for (auto& model : settings.models) {
    for (auto& endpoint : model.endpoints) {
      io(endpoint.prices.image.nanos);
      for (auto& rule : endpoint.price_rules) io(rule.prices.image.nanos);
    }
  }
}

bool has_picture_prices(const config::Settings& settings) {
  const auto is_priced = [](const config::Prices& prices) { return prices.image.nanos != 0; };
  return std::ranges::any_of(settings.models, [&](const config::ModelSettings& model) {
    return std::ranges::any_of(model.endpoints, [&](const config::EndpointSettings& endpoint) {
      return is_priced(endpoint.prices) ||
             std::ranges::any_of(endpoint.price_rules, is_priced, &config::PriceRule::prices);
    });
  });
}

// Who writes to their caches what requests mark, and nothing else.
void exchange_cache_writes(auto& io, auto& settings) {
  for (auto& model : settings.models) {
    for (auto& endpoint : model.endpoints) io(endpoint.cache_writes);
  }
}

bool has_marked_writes(const config::Settings& settings) {
  return std::ranges::any_of(settings.models, [](const config::ModelSettings& model) {
    return std::ranges::any_of(model.endpoints, [](const config::EndpointSettings& endpoint) {
      return endpoint.cache_writes == config::CacheWrites::marked;
    });
  });
}

// Whether leaving ends the bill, which says when a second host is asked, and what policies say of answers
// that break off and of hosts that answer worse.
void exchange_ends(auto& io, auto& settings) {
  for (auto& provider : settings.providers) exchange_truth(io, provider.cancel_stops_billing);
  for (auto& policy : settings.policies) {
    io.maybe(policy.continue_hops, plain), io.maybe(policy.demotion, plain);
  }
}

bool has_ends(const config::Settings& settings) {
  const auto stops = [](const auto& provider) { return provider.cancel_stops_billing.has_value(); };
  const auto says = [](const auto& policy) { return policy.continue_hops || policy.demotion; };
  return std::ranges::any_of(settings.providers, stops) || std::ranges::any_of(settings.policies, says);
}

// What version 7 has added to an endpoint.
void exchange_price_rules(auto& io, auto& endpoint) {
  exchange_rare_prices(io, endpoint.prices);
  io.list(endpoint.price_rules, [](auto& in, auto& rule) {
    exchange_conditions(in, rule.when), exchange_prices(in, rule.prices);
    exchange_rare_prices(in, rule.prices);
  });
}

void exchange_endpoint(auto& io, auto& endpoint) {
  io(endpoint.name.text), io(endpoint.provider.text), io(endpoint.variant), io(endpoint.provider_index);
  io(endpoint.host_model), io(endpoint.context.count);
  io.maybe(endpoint.max_output, [](auto& in, auto& tokens) { in(tokens.count); });
  io(endpoint.quantization), exchange_prices(io, endpoint.prices);
  exchange_bits(io, endpoint.features);
  io.list(endpoint.tags, plain);
}

void exchange_model(auto& io, auto& model) {
  io(model.name.text), io.list(model.aliases, name), io(model.display_name);
  io.list(model.endpoints, [](auto& in, auto& endpoint) { exchange_endpoint(in, endpoint); });
}

void exchange_route(auto& io, auto& route) {
  io(route.name.text);
  io.list(route.members,
          [](auto& in, auto& member) { in(member.model.text), in(member.quality_penalty.nanos); });
}

void exchange_always(auto& io, auto& always) {
  io.maybe(always.allow, source), io.list(always.require, source);
}

void exchange_key(auto& io, auto& key) {
  io(key.name.text), io(key.team), io.list(key.models, name), io.list(key.policies, name);
  io.maybe(key.policy, name), exchange_always(io, key.always);
}

void exchange_policy(auto& io, auto& policy) {
  io(policy.name.text), io(policy.description);
  io.maybe(policy.extends, source), io.maybe(policy.allow, source);
  io.list(policy.require, source), io.list(policy.prefer, source);
  io.maybe(policy.minimize, source), io.maybe(policy.value_of_time, source);
  io.maybe(policy.choose, source), io.list(policy.relax, source);
  io.maybe(policy.attempts, plain);
  io.maybe(policy.deadline, [](auto& in, auto& time) { exchange_count(in, time); });
  io.maybe(policy.hedge_budget, plain), io.maybe(policy.explore, plain);
}

void exchange_settings(auto& io, auto& settings) {
  io.list(settings.providers, [](auto& in, auto& value) { exchange_provider(in, value); });
  io.list(settings.models, [](auto& in, auto& value) { exchange_model(in, value); });
  io.list(settings.routes, [](auto& in, auto& value) { exchange_route(in, value); });
  io.list(settings.keys, [](auto& in, auto& value) { exchange_key(in, value); });
  io.list(settings.policies, [](auto& in, auto& value) { exchange_policy(in, value); });
  io.list(settings.rules,
          [](auto& in, auto& value) { exchange_source(in, value.when), in(value.policy.text); });
  io.maybe(settings.default_policy, source);
  exchange_always(io, settings.always);
  io.list(settings.teams, [](auto& in, auto& team) { in(team.name.text), exchange_always(in, team.always); });
  if (!io.goes_on()) return;
  for (auto& model : settings.models) {
    for (auto& endpoint : model.endpoints) exchange_price_rules(io, endpoint);
  }
  // Each is there where one behind it is.
  const bool any_end = has_ends(settings);
  const bool any_marked = any_end || has_marked_writes(settings);
  const bool any_picture = any_marked || has_picture_prices(settings);
  const bool any_geo = any_picture || has_geos(settings);
  const bool any_budget = any_geo || std::ranges::any_of(settings.policies, [](const auto& policy) {
                            return policy.budget.has_value();
                          });
  io.later(any_budget, [&](auto& in) {
    for (auto& policy : settings.policies) in.maybe(policy.budget, source);
  });
  io.later(any_geo, [&](auto& in) { exchange_geos(in, settings); });
  io.later(any_picture, [&](auto& in) { exchange_picture_prices(in, settings); });
  io.later(any_marked, [&](auto& in) { exchange_cache_writes(in, settings); });
  io.later(any_end, [&](auto& in) { exchange_ends(in, settings); });
}

}  // namespace

std::string to_bytes(const config::Settings& settings) {
  ByteWriter bytes;
  Writing io(bytes);
  exchange_settings(io, settings);
  return bytes.take();
}

std::optional<config::Settings> settings_from(std::string_view bytes) {
  ByteReader reader(bytes);
  Reading io(reader);
  config::Settings settings;
  exchange_settings(io, settings);
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  // The catalogue takes these for places in the list.
  for (const config::ModelSettings& model : settings.models) {
    for (const config::EndpointSettings& endpoint : model.endpoints) {
      if (endpoint.provider_index >= settings.providers.size()) return std::nullopt;
    }
  }
  return settings;
}

}  // namespace gateway
