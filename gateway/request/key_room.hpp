// What is left of hosts' limits for our keys, as far as one request is concerned.
#pragma once

#include <span>

#include "gateway/request/inference.hpp"
#include "providers/credentials/key_allowance.hpp"
#include "routing/decision/plan.hpp"

namespace gateway {

// What an attempt of the request may use there. `output`: tokens expected of each answer, where nobody
// bounds it.
providers::KeyNeeds key_needs(const InferenceRequest& request, const routing::Endpoint& endpoint,
                              double output);

// Of a decision on `snapshot`: with the limits of providers that may be asked where they are nearly used, in
// DecidingServices::allowances until the next one, and with what money counts. Allocates
// only where there were never as many.
routing::Moment moment_of(DecidingServices& services, const InferenceRequest& request,
                          const routing::Snapshot& snapshot,
                          std::span<const routing::EndpointIndex> withdrawn, config::TimePoint now);

// Sets aside what an attempt there may use. False: another one was faster.
bool begin(providers::KeyPermit& permit, const InferenceRequest& request, const routing::Endpoint& endpoint,
           double output, config::TimePoint now);
// The attempt has ended.
void end(providers::KeyPermit& permit, const routing::Attempt& attempt, config::TimePoint now);

}  // namespace gateway
