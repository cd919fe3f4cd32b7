// A rule for picking one of the hosts that may be asked, as other routers have them. What all of them share,
// retries, cool-downs and limits of context, is around it (baseline.hpp). Belongs to one simulation.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "routing/simulation/contender.hpp"
#include "routing/terms/draws.hpp"

namespace routing {

// Uniform in [0, 1), from the situation's seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : seed_(seed) {}
  double roll() { return drawn(seed_, Purpose::weigh, ++rolls_); }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(roll() * static_cast<double>(count));
  }

 private:
  std::uint64_t seed_;
  std::uint64_t rolls_ = 0;
};

class Balancer {
 public:
  virtual ~Balancer() = default;
  // `eligible` is not empty and in the catalogue's order.
  virtual EndpointIndex pick(std::span<const EndpointIndex> eligible, const Situation& situation,
                             const Catalogue& catalogue, Dice dice) = 0;
  virtual void dispatched(EndpointIndex endpoint, config::TimePoint now) = 0;
  virtual void first_token(EndpointIndex endpoint, config::Duration waited, config::TimePoint now) = 0;
  virtual void ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) = 0;
};

}  // namespace routing
