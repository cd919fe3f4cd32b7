// What the loops of one gateway share beside snapshots: counts of what there is only so much of, and the way
// to the addresses of names. May be used by every thread.
#pragma once

#include "gateway/http/body_budget.hpp"
#include "gateway/run/address_counts.hpp"
#include "gateway/run/connection_limit.hpp"
#include "providers/net/names.hpp"

namespace gateway {

struct Shared {
  AddressCounts addresses;
  ConnectionLimit connections;
  BodyBudget bodies{};
  providers::SystemNames names{};
};

}  // namespace gateway
