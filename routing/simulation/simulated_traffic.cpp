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

void begin(Journey& journey, std::uint64_t number, const config::TraceRequest& request, std::uint64_t seed) {
  journey.number = number;
  journey.request = &request;
  journey.attempts.clear();
  journey.sent = 0;
  journey.dollars = 0;
  journey.demand.prompt = request.prompt;
  journey.demand.max_output = request.max_output;
  journey.demand.delivery = Delivery::streamed;
  cut_into_blocks(request, seed, journey.demand);
}

}  // namespace routing
