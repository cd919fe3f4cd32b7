// The live state of every endpoint and of the gateway as JSON: what `isocost top` and dashboards read.
// A pure function.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/generation/budgets.hpp"
#include "gateway/generation/prefills.hpp"
#include "gateway/observe/traffic.hpp"
#include "routing/terms/in_flight.hpp"

namespace gateway {

struct Status {
  std::string_view version;  // of the program
  const routing::Snapshot& snapshot;
  const routing::InFlight& in_flight;
  const Traffic& traffic;
  std::vector<Budgets::Standing> budgets{};
  config::TimePoint now{};
  std::span<const routing::EndpointIndex> drained{};   // by operators
  std::span<const routing::EndpointIndex> disabled{};  // of those, over restarts, too
  const Prefills* prefills = nullptr;                  // what probing showed; null: that is not known
  // With how many gateways the market is one, this one counted, and how long ago they were listened to.
  struct Shared {
    std::size_t gateways = 1;
    config::Duration age{};
  };
  std::optional<Shared> shared{};  // absent: it is this gateway's own
};

// Times are milliseconds, prices dollars per million tokens, shares 0..1; null: no evidence yet. What is
// predicted is of the next request as the model got them in the last five minutes.
std::string status_page(const Status& status);

}  // namespace gateway
