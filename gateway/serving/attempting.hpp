// What an attempt works with, and what follows from that: whom it asks, what it costs, and whose names the
// client reads.
#pragma once

#include <cstddef>
#include <string_view>

#include "gateway/answer/our_names.hpp"
#include "gateway/serving/attempt.hpp"
#include "gateway/serving/race.hpp"
#include "gateway/serving/watchdog.hpp"
#include "gateway/surface/cost_shown.hpp"
#include "providers/dialect/host_model.hpp"

namespace gateway {

// What an attempt works with. All of it outlives the relay.
struct Attempting {
  Services& services;
  InferenceRequest& request;
  const providers::Dialect& dialect;
  Served& served;
  routing::TrialPermit& trial;
  Reply& reply;
  Watchdog& watchdog;
  Tried& tried;
  Race& race;
  std::size_t leg = 0;                   // of the race
  Continuation* continuation = nullptr;  // null: nobody would go on with it
  std::string_view traceparent{};        // that the host is told; empty: none
};

// Whether it goes on with an answer that the client has a part of.
bool goes_on(const Attempting& with);

// As the client asked for it, where the endpoint is one of that model's.
std::string_view shown_model(const InferenceRequest& request, const routing::Endpoint& endpoint);

// Whom the attempt asks.
const routing::Endpoint& endpoint_of(const Attempting& with);

// What the attempt's usage costs.
CostShown cost_of_attempt(const Attempting& with);

// The model as the attempt's host has it, and as the client wants to hear it.
providers::HostModel host_model_of(const Attempting& with);

// Of the reply, for as long as the attempt lives.
StreamIdentity identity_of(const Attempting& with);

// What the client reads where the host's own names stand.
OurNames our_names_for(const Attempting& with);

}  // namespace gateway
