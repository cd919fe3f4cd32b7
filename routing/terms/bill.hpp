// What a reply costs at an endpoint's prices. Pure.
#pragma once

#include "routing/terms/catalogue.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// What a bill depends on beside the usage.
struct Sale {
  config::WallTime at{};                                     // when the request came
  config::ServiceTier tier = config::ServiceTier::standard;  // asked for; what the usage says was given wins
  config::GeoWord geo{};                                     // asked for; the same
  std::size_t replies = 1;                                   // how many it took, as each has its fee
  int pictures = 0;                                          // in the prompt
};

// An amount before it is rounded: billionths of a dollar, and millionths of those, 0..999'999.
struct ExactMoney {
  std::int64_t nanos = 0;
  std::int64_t femtos = 0;

  friend auto operator<=>(const ExactMoney&, const ExactMoney&) = default;
  friend ExactMoney operator+(ExactMoney a, ExactMoney b) {
    const std::int64_t both = a.femtos + b.femtos;
    return {a.nanos + b.nanos + both / 1'000'000, both % 1'000'000};
  }
  config::Money rounded_up() const { return {nanos + (femtos > 0 ? 1 : 0)}; }
};

struct ExactBill {
  ExactMoney prompt{};  // fees included
  ExactMoney answer{};
};

// By the prices that hold for so long a prompt, then, at that service tier.
ExactBill exact_bill(const Endpoint& endpoint, const Usage& usage, const Sale& sale = {});

// The same rounded once, up, to a billionth of a dollar; a provider's own figure for the cost wins where it
// is trusted with that (ProviderSettings::reports_cost). Never negative.
config::Money bill(const Endpoint& endpoint, const Usage& usage, const Sale& sale = {});

}  // namespace routing
