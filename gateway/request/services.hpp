// What a request needs of the loop that it is on. Owned by the loop, which outlives every request.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/generation/drained.hpp"
#include "gateway/generation/generation.hpp"
#include "gateway/observe/outbox.hpp"
#include "gateway/request/waiting_line.hpp"
#include "gateway/trace/trace_parent.hpp"
#include "providers/host/provider.hpp"
#include "providers/json/json_tokens.hpp"
#include "providers/loop/timer.hpp"
#include "routing/decision/hedge.hpp"
#include "routing/decision/plan.hpp"
#include "routing/decision/retry.hpp"
#include "routing/decision/retry_budget.hpp"
#include "routing/market/market.hpp"

namespace gateway {

class Till;

// Draws of one loop: splitmix64 from a seed given at its start.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t roll() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Uniform in [0, 1).
  double uniform() { return static_cast<double>(roll() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

// A generation as one data loop uses it. A request holds it to its end.
struct Hosts {
  std::shared_ptr<const Generation> generation;
  // As in Settings::providers; one that did not change is shared with the generation before.
  std::vector<std::shared_ptr<providers::Provider>> providers;
  // What was known when a newer generation came, for requests that go on in this one; null until then.
  mutable std::shared_ptr<const routing::Snapshot> last_snapshot{};
};

// What understanding a request and deciding for it needs, whoever asks and whether it is sent or not.
struct DecidingServices {
  providers::Timer& timer;
  Dice dice;
  std::shared_ptr<const Hosts> hosts{};
  std::shared_ptr<const routing::Snapshot> snapshot{};   // of the same generation as `hosts`
  std::shared_ptr<const OutOfService> out_of_service{};  // null: nobody is
  routing::Purse purse{};
  // Scratch, used only between two waits.
  routing::Decision decision{};
  std::vector<routing::EndpointIndex> withdrawn{};
  std::vector<routing::Allowance> allowances{};
  std::unique_ptr<routing::InFlight> counted{};  // as a decision sees it; absent where no records are kept
  providers::JsonTokens tokens{};
};

// And what sending it needs.
struct Services : DecidingServices {
  Outbox outbox;
  routing::RetryCounter retries{};
  routing::HedgeBudget hedges{};
  // Of all loops.
  std::shared_ptr<routing::RetryBudget> retry_budget = std::make_shared<routing::RetryBudget>();
  WaitingLine line{timer};
  config::TimePoint next_standby{};  // when it is looked again which hosts to be ready for
  Till* till = nullptr;              // where its requests pay; null where nothing is counted
  std::optional<Sampling> traces{};  // absent where none are exported
};

}  // namespace gateway
