// Who decides in a simulation: isocost's own core, a baseline, or an oracle. All of them meet the same
// requests, hosts and luck, and the same retry loop around them. One simulation owns it.
#pragma once

#include <memory>
#include <span>
#include <variant>

#include "routing/decision/retry_budget.hpp"
#include "routing/policy/policy.hpp"
#include "routing/terms/demand.hpp"
#include "routing/terms/in_flight.hpp"
#include "routing/terms/outcome.hpp"

namespace routing {

// What is known when somebody must be asked.
struct Situation {
  const Demand& demand;
  std::span<const Attempt> tried;
  const InFlight& in_flight;
  config::TimePoint now;
  std::uint64_t seed;
};

struct Ask {
  EndpointIndex endpoint = 0;
  // When to ask a second host as well, should nothing have come by then. Absent: never.
  std::optional<config::TimePoint> hedge_at{};
  // A first attempt at a host that may be failing, of which only so many are under way; see Breaker.
  enum class Attempted { usual, trial } attempted = Attempted::usual;
  // How long it may show nothing of its answer. Absent: as long as its provider's limits let it.
  std::optional<config::Duration> silence{};
  // Of a retry.
  RetryPrice price = RetryPrice::free;
};
// Nobody may be asked now.
struct Nobody {
  std::optional<config::TimePoint> back_at{};  // when somebody may be again
};
using Turn = std::variant<Ask, Nobody>;

class Contender {
 public:
  virtual ~Contender() = default;
  // Attempts, deadline and the like, for the retry loop.
  virtual const Policy& terms() const = 0;
  virtual Turn choose(const Situation& situation) = 0;
  // The time of Ask::hedge_at has come, and the last of `tried` still waits. Nothing: no second request.
  virtual std::optional<Ask> hedge(const Situation& situation) = 0;
  virtual void dispatched(EndpointIndex endpoint, config::TimePoint now) = 0;
  // `attempt` shows its first token; it remembers what was told of it.
  virtual void first_token(Attempt& attempt, const Demand& demand, config::TimePoint now) = 0;
  virtual void ended(const Attempt& attempt, const Demand& demand, config::TimePoint now) = 0;
  // Prices changed.
  virtual void adopt(std::shared_ptr<const Catalogue> catalogue, config::TimePoint now) = 0;
};

}  // namespace routing
