#include "gateway/request/decision_log.hpp"

namespace gateway {

using routing::EndpointIndex;

void freeze(const routing::InFlight& in_flight, const routing::Catalogue& catalogue,
            const routing::Demand& demand, routing::InFlight& frozen, routing::LoggedDecision& log) {
  const auto copy = [&](EndpointIndex endpoint) {
    const int count = in_flight.at(endpoint), trials = in_flight.trials_at(endpoint);
    frozen.counter(endpoint).store(count, std::memory_order_relaxed);
    frozen.trials(endpoint).store(trials, std::memory_order_relaxed);
    if (count != 0 || trials != 0) log.under_way.push_back({endpoint, count, trials});
  };
  const auto copy_all = [&](const routing::PublicModel& model) {
    for (const routing::Candidate& candidate : model.candidates) {
      const routing::Endpoint& endpoint = catalogue.endpoints()[candidate.endpoint];
      if (!endpoint.provider->limits.max_in_flight) {
        copy(candidate.endpoint);
        continue;
      }
      for (const EndpointIndex other : catalogue.endpoints_of(endpoint.settings->provider_index)) copy(other);
    }
  };
  if (demand.model) copy_all(*demand.model);
  for (const routing::PublicModel* model : demand.fallbacks) copy_all(*model);
}

void note(const routing::Decision& decision, const routing::Demand& demand, routing::LoggedDecision& log) {
  log.snapshot = decision.snapshot;
  log.seed = decision.seed;
  log.length = decision.length;
  const bool is_sized = demand.prefix_tokens.size() == demand.prefix_blocks.size();
  for (const routing::Verdict& verdict : decision.verdicts) {
    const std::uint32_t blocks = verdict.cached_blocks;
    if (blocks == 0) continue;
    log.seen.push_back({verdict.endpoint, blocks, is_sized ? demand.prefix_tokens[blocks - 1] : 0});
  }
  log.chosen = decision.chosen;
  log.reason = decision.reason;
  log.propensity = decision.propensity;
  log.expected_dollars = decision.expected_dollars;
  log.explored_dollars = decision.explored_dollars;
  log.relaxed = static_cast<std::uint32_t>(decision.relaxed);
  log.earliest = decision.earliest;
  log.not_kept = routing::note(decision, log.seen_of);
}

}  // namespace gateway
