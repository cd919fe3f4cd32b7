// The hosts of a fleet in a world of their own, as one simulation meets them, and what only an oracle may
// know of them. Belongs to its simulation; times must not go back between calls.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "config/values/fleet.hpp"
#include "routing/host_model/host_model.hpp"
#include "routing/policy/policy.hpp"
#include "routing/terms/catalogue.hpp"
#include "routing/terms/demand.hpp"

namespace routing {

enum class WorldFamily { drifting, regimes };

// What befalls one host of a fleet, as every simulation with this seed has it. `host` must outlive it.
std::unique_ptr<HostWorld> make_world(WorldFamily family, const config::SimulatedHost& host,
                                      std::uint64_t seed, config::TimePoint start, config::WallTime wall);

class SimulatedMarket {
 public:
  // `fleet` must outlive this. `seed` decides all luck; its catalogue has one endpoint per host, in order.
  SimulatedMarket(const config::Fleet& fleet, WorldFamily family, std::uint64_t seed, config::TimePoint start,
                  config::WallTime wall);

  std::size_t size() const { return hosts_.size(); }
  // Whether any host's answers break what was asked for: then all requests offer tools.
  bool checks_answers() const {
    return std::ranges::any_of(hosts_,
                               [](const Host& each) { return !each.settings->mishaps.lapses.empty(); });
  }
  HostModel& model(EndpointIndex host) { return hosts_[host].model; }
  const config::SimulatedHost& settings(EndpointIndex host) const { return *hosts_[host].settings; }

  // The catalogue that was true first, or a new one when a price has changed since.
  const std::shared_ptr<const Catalogue>& catalogue(config::TimePoint now);

  // The prompt's leading blocks as this host cuts it; none outside a session (0). Valid until the next call.
  const std::vector<std::uint64_t>& blocks(EndpointIndex host, std::uint64_t session, config::Tokens prompt);

  // What sending this request there now is expected to cost, by the host's true state; `output` is the
  // expected length of the answer. Infinite where the host would refuse it.
  double true_cost(EndpointIndex host, const Demand& demand, double output, const Policy& values,
                   config::TimePoint now);
  // The same at an idle host on an ordinary day: what a request is worth, whoever answers it.
  double usual_cost(EndpointIndex host, const Demand& demand, double output, const Policy& values) const;

 private:
  struct Host {
    const config::SimulatedHost* settings = nullptr;
    std::unique_ptr<HostWorld> world;
    HostModel model;
  };
  bool would_refuse(Host& host, const Demand& demand, const Conditions& conditions, config::TimePoint now);
  std::vector<config::Prices> prices_at(config::TimePoint now) const;
  void publish(std::vector<config::Prices> prices);

  const config::Fleet& fleet_;
  config::TimePoint start_;
  config::WallTime wall_;
  std::vector<Host> hosts_;
  std::shared_ptr<const Catalogue> catalogue_;
  std::vector<config::Prices> prices_;
  bool prices_move_ = false;
  config::TimePoint prices_checked_{};
  std::uint64_t generation_ = 0;
  std::vector<std::uint64_t> blocks_;
};

}  // namespace routing
