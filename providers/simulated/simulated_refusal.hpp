// How a simulated host words its refusals and its limits. Pure.
#pragma once

#include <optional>
#include <string>

#include "config/values/fleet.hpp"
#include "providers/simulated/simulated_reply.hpp"
#include "routing/host_model/host_model.hpp"
#include "routing/host_model/host_request.hpp"

namespace providers {

SimulatedError error_of(const routing::Refused& refused, const config::SimulatedHost& host,
                        const routing::HostRequest& request);

// Header lines, each with its line end. Times are real ones.
std::string retry_fields(config::Duration wait);
// `x-ratelimit-…` of "requests" or "tokens".
std::string limit_fields(const std::string& what, const routing::RateStanding& standing,
                         config::Duration until_full);

}  // namespace providers
