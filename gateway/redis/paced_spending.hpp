// What gateways spend under policies with a budget, in Redis: each tells all that it has spent of a day, so
// that a server that lost it knows again after one round.
#pragma once

#include <string>
#include <vector>

#include "gateway/generation/budgets.hpp"
#include "gateway/redis/redis_connection.hpp"

namespace gateway {

// Tells `own` in the name of `gateway`; returns what all others have spent under each of these. Throws
// RedisFault.
std::vector<PolicySpent> exchange_spending(RedisConnection& connection, const std::string& gateway,
                                           const std::vector<PolicySpent>& own);

}  // namespace gateway
