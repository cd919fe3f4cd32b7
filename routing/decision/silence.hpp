// How long a request has waited in vain, so far, at the provider of an endpoint: what keeps one of its
// endpoints silent may be its network, its account or its machines, and so keep the others silent, too. Pure.
// Source: Dean and Barroso 2013, "The Tail at Scale": a second request helps as far as what slows the first
// one does not slow it, too.
#pragma once

#include <span>

#include "routing/decision/candidates.hpp"

namespace routing {

// Seconds since the request's attempt at another endpoint of that provider began, if nothing of it came yet;
// 0 where there is none. It is expected to go on for as long as it has lasted.
double silence(const Question& question, EndpointIndex endpoint);
// The same of a decision at that time, with the attempts before it.
double silence(const Catalogue& catalogue, std::span<const Attempt> tried, config::TimePoint now,
               EndpointIndex endpoint);

}  // namespace routing
