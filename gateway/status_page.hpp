// The live state of every endpoint and of the gateway as JSON: what `isocost top` and dashboards read.
// A pure function.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gateway/traffic.hpp"
#include "routing/in_flight.hpp"
#include "routing/prediction.hpp"

namespace gateway {

struct Status {
  std::string_view version;  // of the program
  const routing::Snapshot& snapshot;
  const routing::InFlight& in_flight;
  const Traffic& traffic;
  // Of a typical request at each endpoint, by EndpointIndex; may be empty.
  std::span<const routing::Prediction> predictions{};
  config::TimePoint now{};
};

// Times are milliseconds, prices dollars per million tokens, shares 0..1; null: no evidence yet.
std::string status_page(const Status& status);

}  // namespace gateway
