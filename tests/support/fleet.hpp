// A made-up market for tests of routing: hosts with true speeds and prices, and a catalogue that offers one
// model at all of them. Time and chance are given, so a test always sees the same.
#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "routing/decision/plan.hpp"
#include "routing/terms/draws.hpp"
#include "tests/support/per_million.hpp"

namespace support {

struct Host {
  std::string name;
  double input_price = 0.5;     // $ per million tokens
  double output_price = 2;      // $ per million tokens
  double ttft = 0.6;            // seconds for an empty prompt
  double per_kilotoken = 0.02;  // seconds per thousand prompt tokens
  double rate = 60;             // tokens per second
  double failing = 0;           // share of attempts that end with a 500
  std::int64_t context = 128'000;
  std::optional<std::string> jurisdiction{};
  config::Quantization quantization = config::Quantization::unknown;
  std::vector<config::PriceRule> price_rules{};
};

inline config::Settings settings_of(const std::vector<Host>& hosts,
                                    std::vector<config::PolicySettings> policies = {}) {
  config::Settings settings;
  settings.policies = std::move(policies);
  config::ModelSettings model{.name = {"m"}};
  for (const Host& host : hosts) {
    config::EndpointSettings endpoint;
    endpoint.name = {host.name};
    endpoint.provider = {host.name};
    endpoint.provider_index = settings.providers.size();
    endpoint.context = {host.context};
    endpoint.prices = {.input = per_million(host.input_price), .output = per_million(host.output_price)};
    endpoint.price_rules = host.price_rules;
    endpoint.quantization = host.quantization;
    model.endpoints.push_back(endpoint);
    config::ProviderSettings provider;
    provider.name = {host.name};
    provider.jurisdiction = host.jurisdiction;
    settings.providers.push_back(provider);
  }
  settings.models.push_back(model);
  return settings;
}

inline config::Duration seconds(double count) {
  return std::chrono::duration_cast<config::Duration>(config::Seconds(count));
}

// Another one of this name stands for a whole gateway, in world.hpp: linked into one program, they must
// differ.
inline namespace simulated_market {

// Runs requests one after the other through plan, a simulated host and the market.
class World {
 public:
  explicit World(std::vector<Host> fleet, std::uint64_t seed = 1,
                 std::vector<config::PolicySettings> policies = {})
      : hosts(std::move(fleet)),
        catalogue(std::make_shared<const routing::Catalogue>(settings_of(hosts, std::move(policies)), 1)),
        market(catalogue, now),
        in_flight(hosts.size()),
        seed_(seed) {}

  Host& host(const std::string& name) {
    for (Host& known : hosts) {
      if (known.name == name) return known;
    }
    throw std::out_of_range(name);
  }
  routing::EndpointIndex index(const std::string& name) {
    return static_cast<routing::EndpointIndex>(&host(name) - hosts.data());
  }

  routing::Demand demand(std::int64_t prompt = 1'000) const {
    routing::Demand result;
    result.model = catalogue->find("m");
    result.model_requested = "m";
    result.prompt = {prompt};
    result.delivery = routing::Delivery::streamed;
    result.admitted = now;
    result.deadline = now + std::chrono::minutes(10);
    return result;
  }

  const routing::Decision& decide(const routing::Demand& asked,
                                  std::span<const routing::Attempt> tried = {}) {
    routing::plan(*market.snapshot(now), policy, asked, tried, in_flight, purse,
                  {.now = now, .seed = ++seed_, .allowances = allowances, .money = money}, decision);
    return decision;
  }

  // What the host does with it, without chance in its times but the given noise.
  routing::Attempt answer(routing::EndpointIndex endpoint, const routing::Demand& asked) {
    const Host& host = hosts[endpoint];
    const double kilotokens = static_cast<double>(asked.prompt.count) / 1000;
    const double noise = std::exp(noise_sd * (draw() + draw() + draw() - 1.5) * 2);
    const double ttft = (host.ttft + host.per_kilotoken * kilotokens) * noise;
    routing::Attempt attempt{.endpoint = endpoint, .generation = catalogue->generation(), .dispatched = now};
    if (draw() < host.failing) {
      attempt.failure = routing::Failure{.kind = routing::FailureKind::server_error,
                                         .progress = routing::Progress::request_sent,
                                         .status = 500};
      return attempt;
    }
    attempt.first_delta = attempt.first_visible = seconds(ttft);
    attempt.finished = seconds(ttft + output / host.rate);
    attempt.worst_gap = seconds(2 / host.rate);
    attempt.deltas = static_cast<std::uint32_t>(output);
    attempt.usage = routing::Usage{.prompt = asked.prompt, .output = {static_cast<std::int64_t>(output)}};
    return attempt;
  }

  // One request, its first attempt only; the time goes on by `pause`. Returns who was asked.
  std::string ask(std::int64_t prompt = 1'000, config::Duration pause = std::chrono::seconds(1)) {
    const routing::Demand asked = demand(prompt);
    decide(asked);
    purse.settle(decision, policy.explore);
    std::string name;
    if (decision.chosen) {
      name = hosts[*decision.chosen].name;
      market.observe(answer(*decision.chosen, asked), asked, now);
    }
    now += pause;
    return name;
  }

  // How often each host was asked in `times` requests.
  std::map<std::string, int> ask_often(int times, std::int64_t prompt = 1'000) {
    std::map<std::string, int> shares;
    for (const Host& known : hosts) shares[known.name] = 0;
    for (int i = 0; i < times; ++i) ++shares[ask(prompt)];
    return shares;
  }

  double draw() { return routing::drawn(seed_, routing::Purpose::explore, ++draws_ + 1'000'000); }

  std::vector<Host> hosts;
  config::TimePoint now = config::TimePoint{} + std::chrono::hours(1);
  std::shared_ptr<const routing::Catalogue> catalogue;
  routing::Market market;
  routing::InFlight in_flight;
  routing::Policy policy;
  routing::Purse purse;
  std::vector<routing::Allowance> allowances;  // as Moment's
  double money = 1;
  routing::Decision decision;
  double output = 400;
  double noise_sd = 0.2;

 private:
  std::uint64_t seed_;
  std::uint64_t draws_ = 0;
};

}  // namespace simulated_market

}  // namespace support
