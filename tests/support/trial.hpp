// Four hosts of different homes and precisions under a policy: what decisions under policies are tried on.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fleet.hpp"
#include "tests/support/policies.hpp"

namespace support {

// A maker at home in China, a dear American cloud, a French host with low precision, one about which nothing
// is said.
inline std::vector<Host> four_hosts() {
  using config::Quantization;
  return {{.name = "maker", .output_price = 1, .jurisdiction = "CN", .quantization = Quantization::fp8},
          {.name = "cloud", .output_price = 6, .jurisdiction = "US", .quantization = Quantization::bf16},
          {.name = "alpine", .output_price = 3, .jurisdiction = "FR", .quantization = Quantization::fp4},
          {.name = "shade", .output_price = 0.5}};
}

struct Trial : World {
  explicit Trial(const config::PolicySettings& settings) : World(four_hosts()) {
    policy = compiled(settings);
    policy.explore = 0;
  }

  std::string chosen(const routing::Demand& asked, std::span<const routing::Attempt> tried = {}) {
    decide(asked, tried);
    return decision.chosen ? hosts[*decision.chosen].name : "nobody";
  }
  std::string chosen() { return chosen(demand()); }
  const routing::Verdict& of(const std::string& name) { return decision.verdicts.at(index(name)); }

  // The names in the order they would be asked.
  std::string ranking() {
    decide(demand());
    std::string names;
    for (const std::uint32_t i : decision.order) {
      names += (names.empty() ? "" : " ") + hosts[decision.verdicts[i].endpoint].name;
    }
    return names;
  }

  void wish(routing::ProviderPreferences preferences) {
    policy = routing::overlaid(policy, std::make_shared<const routing::Overlay>(std::move(preferences)));
  }
};

}  // namespace support
