// How the limits of keys, teams and everybody stand, and where they will be when they refill if it goes on
// like this. GET /admin/limits. Pure.
#pragma once

#include <string>
#include <vector>

#include "gateway/accounts/books.hpp"
#include "gateway/metrics/metrics.hpp"

namespace gateway {

// Those of users, who are clients' own words and many, are left out.
std::string limits_page(const std::vector<LimitState>& limits, config::WallTime now);

// Of everybody, teams and keys that have a budget in dollars: the one used most.
std::vector<Metrics::Budget> budgets_of(const std::vector<LimitState>& limits, config::WallTime now);

// What will be used when the window ends, in the measure's own unit; nothing of one that never ends, or has
// hardly begun.
std::optional<double> forecast(const LimitState& limit, config::WallTime now);

}  // namespace gateway
