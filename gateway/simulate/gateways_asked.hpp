// Over how many gateways a policy's traffic goes, as it stands behind the policy's name. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "routing/simulation/several_gateways.hpp"

namespace gateway {

struct GatewaysAsked {
  std::size_t count = 0;  // 0: one that is alone
  routing::SeveralGateways::Exchange exchange = routing::SeveralGateways::Exchange::told;
};
// "balanced@3": three that tell each other what they measure; "balanced@3-alone": that do not. Takes it off
// the name. Nothing where what stands there is no such number.
std::optional<GatewaysAsked> take_gateways(std::string& name);

}  // namespace gateway
