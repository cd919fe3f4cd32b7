#include "routing/exchange/telling.hpp"

#include "routing/terms/draws.hpp"

namespace routing {
namespace {

// So often at least, so that what is under way here is not taken for gone.
constexpr config::Duration sign_of_life = std::chrono::milliseconds(500);

}  // namespace

std::optional<Bulletin> Telling::take(const Catalogue& catalogue, const InFlight& in_flight,
                                      config::TimePoint now) {
  Bulletin bulletin{.sender = sender_, .sent = now, .loads = {}, .seen = {}};
  std::uint64_t loads = 0;
  for (const Endpoint& endpoint : catalogue.endpoints()) {
    const int count = in_flight.at(endpoint.index);
    if (count <= 0 || bulletin.loads.size() == most_loads) continue;
    bulletin.loads.push_back({shared_name(endpoint), static_cast<std::uint32_t>(count)});
    loads = mixed(loads ^ bulletin.loads.back().endpoint) + bulletin.loads.back().in_flight;
  }
  for (Glimpse& glimpse : market_.take_glimpses()) {
    const std::uint64_t endpoint = shared_name(catalogue.endpoints()[glimpse.attempt.endpoint]);
    bulletin.seen.push_back({.endpoint = endpoint, .glimpse = std::move(glimpse)});
  }
  const bool is_news = !bulletin.seen.empty() || loads != loads_told_ || told_ == config::TimePoint::min();
  if (!is_news && now - told_ < sign_of_life) return std::nullopt;
  loads_told_ = loads;
  told_ = now;
  bulletin.sequence = ++sequence_;
  return bulletin;
}

}  // namespace routing
