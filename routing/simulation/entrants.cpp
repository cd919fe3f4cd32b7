#include "routing/simulation/entrants.hpp"

#include <stdexcept>

#include "routing/simulation/baseline.hpp"
#include "routing/simulation/litellm_balancer.hpp"
#include "routing/simulation/openrouter_balancer.hpp"
#include "routing/simulation/oracle.hpp"
#include "routing/simulation/peak_ewma_balancer.hpp"
#include "routing/simulation/plain_balancers.hpp"

namespace routing {
namespace {

std::unique_ptr<Balancer> balancer(std::string_view name, std::size_t endpoints) {
  using Way = PlainBalancer::Way;
  const auto plain = [](Way way) { return std::make_unique<PlainBalancer>(way); };
  if (name == "random") return plain(Way::random);
  if (name == "round-robin") return plain(Way::round_robin);
  if (name == "cheapest") return plain(Way::cheapest);
  if (name == "inverse-square") return plain(Way::inverse_square);
  if (name == "litellm-latency") return std::make_unique<LiteLlmBalancer>(endpoints);
  if (name == "p2c-peak-ewma") return std::make_unique<PeakEwmaBalancer>(tower_peak_ewma, endpoints);
  if (name == "peak-ewma") return std::make_unique<PeakEwmaBalancer>(helicone_peak_ewma, endpoints);
  if (name == "openrouter-2026") return std::make_unique<OpenRouterBalancer>(endpoints);
  throw std::logic_error("no baseline of this name");
}

}  // namespace

const std::vector<std::string>& baseline_names() {
  static const std::vector<std::string> names{"random",         "round-robin",     "cheapest",
                                              "inverse-square", "litellm-latency", "p2c-peak-ewma",
                                              "peak-ewma",      "openrouter-2026"};
  return names;
}

const std::vector<PartName>& part_names() {
  static const std::vector<PartName> names{
      {"-size", CorePart::prompt_size}, {"-load", CorePart::own_load}, {"-explore", CorePart::exploration},
      {"-cache", CorePart::cache},      {"-hedge", CorePart::hedge},   {"-thresholds", CorePart::thresholds}};
  return names;
}

MakeContender make_baseline(std::string_view name, Policy rules) {
  return
      [name = std::string(name), rules = std::move(rules)](SimulatedMarket& market, config::TimePoint now) {
        return std::make_unique<Baseline>(balancer(name, market.size()), market.catalogue(now), rules);
      };
}

MakeContender make_core(Policy policy, CoreParts without) {
  return [policy = std::move(policy), without](SimulatedMarket& market, config::TimePoint now) {
    return std::make_unique<CoreContender>(policy, without, market.catalogue(now), now);
  };
}

MakeContender make_several(Policy policy, CoreParts without, std::size_t gateways,
                           SeveralGateways::Exchange exchange) {
  return [policy = std::move(policy), without, gateways, exchange](SimulatedMarket& market,
                                                                   config::TimePoint now) {
    return std::make_unique<SeveralGateways>(policy, without, gateways, exchange, market.catalogue(now), now);
  };
}

MakeContender make_oracle(Policy values) {
  return [values = std::move(values)](SimulatedMarket& market, config::TimePoint) {
    return std::make_unique<Oracle>(market, values);
  };
}

}  // namespace routing
