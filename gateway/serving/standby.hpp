// Has connections made ahead to the hosts that the next decisions are likely to fall on, so that no first
// token waits for one: connecting takes one round trip, TLS one or two more. Only hosts that a decision for
// real traffic could have chosen are contacted. Belongs to one loop.
#pragma once

#include "gateway/request/services.hpp"

namespace gateway {

// After Services::decision was acted on. Looks at a part of the decisions only: those that follow each other
// closely say the same.
void keep_ready(Services& services, const Hosts& hosts, config::TimePoint now);

}  // namespace gateway
