// To whom connections are worth having ready: the one just chosen, whoever a draw could have fallen on, and
// whoever takes over when the best one fails. Pure.
#pragma once

#include <boost/container/static_vector.hpp>

#include "routing/decision/decision.hpp"

namespace routing {

constexpr std::size_t most_likely_next = 4;
using LikelyNext = boost::container::static_vector<EndpointIndex, most_likely_next>;

// Of those that the decision may choose, never one that it left out; each once, the likeliest first.
LikelyNext likely_next(const Decision& decision);

}  // namespace routing
