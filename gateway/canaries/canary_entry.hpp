// A canary as the ledger has it: the gateway's own request, which nobody is charged for. Pure.
#pragma once

#include "gateway/canaries/canary_watch.hpp"
#include "gateway/ledger/entry.hpp"

namespace gateway {

// Without team, key or policy, under the path and tag `canary`. `number`: of its process, so that its id is
// its own.
Entry canary_entry(const CanaryNews& news, std::uint64_t number);

}  // namespace gateway
