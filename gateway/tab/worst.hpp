// The worst that a request may come to before anybody is asked: what is to be set aside for it. Pure.
#pragma once

#include <cstdint>

#include "gateway/request/inference.hpp"
#include "routing/market/snapshot.hpp"

namespace gateway {

struct Worst {
  std::int64_t prompt = 0;     // nano-dollars
  std::int64_t per_token = 0;  // of a million tokens of the answer, each answer
  std::int64_t output = 0;     // tokens
  std::int64_t all = 0;
};

// At one endpoint.
Worst worst_at(const InferenceRequest& request, const routing::Endpoint& endpoint);
// At the dearest of those in its reach. `newest` is of any generation; null: nothing is known of hosts.
Worst worst_of(const InferenceRequest& request, const routing::Snapshot* newest);

}  // namespace gateway
