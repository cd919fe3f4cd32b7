#include "routing/market/market_memory.hpp"

#include <algorithm>

#include "routing/market/market.hpp"

namespace routing {
namespace {

bool anything_known(const EndpointState& state) {
  const Health& health = state.health;
  return state.replies > 0 || health.failures.trials > 0 || health.refusals.trials > 0 ||
         health.breaker.memory().cause != 0 || health.headroom_known > config::TimePoint{};
}

}  // namespace

std::vector<PrefixUse> MarketMemory::prefix_uses() const {
  return prefixes ? prefixes->latest(most_uses, taken) : uses;
}

MarketMemory Market::memory(config::TimePoint now) {
  refresh(now);
  MarketMemory memory{
      .taken = now, .endpoints = {}, .lengths = {}, .prefixes = prefixes_.publish(), .uses = {}};
  for (const Endpoint& endpoint : catalogue_->endpoints()) {
    const EndpointState& state = states_[endpoint.index];
    const Dossier& dossier = dossiers_[endpoint.index];
    if (!anything_known(state) && !dossier.conduct()) continue;
    EndpointMemory& kept =
        memory.endpoints.emplace_back(EndpointMemory{identity_of(endpoint), state, dossier.sums()});
    if (dossier.conduct()) kept.conduct = dossier.conduct()->memory();
  }
  lengths_.current().each(
      [&](std::uint64_t hash, const Length& length) { memory.lengths.emplace_back(hash, length); });
  return memory;
}

std::size_t Market::recall(const MarketMemory& memory, config::Duration age, config::TimePoint now) {
  const config::TimePoint then = now - age;
  const config::Duration moved = then - memory.taken;
  std::vector<Identity> today, kept;
  for (const Endpoint& endpoint : catalogue_->endpoints()) today.push_back(identity_of(endpoint));
  for (const EndpointMemory& each : memory.endpoints) kept.push_back(each.identity);
  const std::vector<std::optional<std::size_t>> before = predecessors(today, kept);
  std::size_t taken_up = 0;
  for (EndpointIndex i = 0; i < before.size(); ++i) {
    if (!before[i]) continue;
    const EndpointMemory& known = memory.endpoints[*before[i]];
    states_[i] = known.state;
    states_[i].measured = {};
    states_[i].engine = {};
    states_[i].health.clock_moved(moved);
    states_[i].health.breaker.forgive_configuration();
    dossiers_[i].recall(known.sums, then);
    if (known.conduct) dossiers_[i].begin_conduct().recall(*known.conduct, moved);
    ++taken_up;
  }
  for (const auto& [hash, length] : memory.lengths) lengths_.recall(hash, length);
  // Uses do not say whose they are: where an endpoint became another one, some might be of the old one.
  if (taken_up == kept.size()) {
    const std::vector<PrefixUse> uses = memory.prefix_uses();
    for (const PrefixUse& use : uses) prefixes_.recall({use.key, use.at + moved}, now);
  }
  // Priors first, from what was known, then the time since.
  next_to_refresh_ = 0;
  refreshed_ = now - std::chrono::hours(1);
  refresh(now);
  published_ = config::TimePoint::min();
  flipped_ = true;
  return taken_up;
}

}  // namespace routing
