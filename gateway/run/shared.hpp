// What the loops of one gateway share beside snapshots: counts of what there is only so much of, and the way
// to the addresses of names. May be used by every thread.
#pragma once

#include <memory>

#include "gateway/addresses/address_counts.hpp"
#include "gateway/addresses/connection_limit.hpp"
#include "gateway/console/logins.hpp"
#include "gateway/http/body_budget.hpp"
#include "gateway/overload/pressure.hpp"
#include "providers/net/names.hpp"
#include "routing/decision/retry_budget.hpp"

namespace gateway {

struct Shared {
  AddressCounts addresses;
  ConnectionLimit connections;
  BodyBudget bodies{};
  Pressure pressure{};
  Logins logins{};
  std::shared_ptr<routing::RetryBudget> retries = std::make_shared<routing::RetryBudget>();
  providers::SystemNames names{};
};

}  // namespace gateway
