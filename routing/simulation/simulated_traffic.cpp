#include "routing/simulation/simulated_traffic.hpp"

#include <algorithm>

#include "routing/host_model/host_draws.hpp"

namespace routing {
namespace {

constexpr std::int64_t block_tokens = 256;

// A session's prompts all begin with the same blocks.
void cut_into_blocks(const config::TraceRequest& request, std::uint64_t seed, Demand& demand) {
  demand.prefix_blocks.clear();
  demand.prefix_tokens.clear();
  if (request.session == 0) return;
  const std::uint64_t session = mixed(seed, request.session);
  const std::int64_t count = std::max<std::int64_t>(1, request.prompt.count / block_tokens);
  for (std::int64_t i = 0; i < count; ++i) {
    demand.prefix_blocks.push_back(i == 0 ? session : mixed(session, static_cast<std::uint64_t>(i)));
    demand.prefix_tokens.push_back(
        static_cast<std::uint32_t>(std::min((i + 1) * block_tokens, request.prompt.count)));
  }
}

}  // namespace

SimulatedRequest& Places::take(const Policy& terms) {
  if (free_.empty()) {
    const auto place = static_cast<std::uint32_t>(places_.size());
    places_.emplace_back(place, terms);
    free_.push_back(place);
  }
  SimulatedRequest& request = places_[free_.back()];
  free_.pop_back();
  return request;
}

void begin(SimulatedRequest& place, std::uint64_t number, const config::TraceRequest& request,
           std::uint64_t seed) {
  place.number = number;
  place.request = &request;
  place.attempts.clear();
  place.journey = Journey(place.demand, *place.policy, place.attempts);
  place.sent = 0;
  place.dollars = 0;
  place.said = 0;
  place.demand.prompt = request.prompt;
  place.demand.max_output = request.max_output;
  place.demand.delivery = Delivery::streamed;
  cut_into_blocks(request, seed, place.demand);
}

}  // namespace routing
