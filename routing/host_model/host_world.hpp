// What befalls a simulated host from outside, whoever calls it: wander, busy hours, outages. One object per
// host, owned by the loop or simulation that runs the host.
#pragma once

#include <optional>

#include "config/values/units.hpp"

namespace routing {

struct Conditions {
  double ttft = 1;              // factor on the time to the first token
  double speed = 1;             // factor on tokens per second
  std::optional<int> outage{};  // the status that new requests get; 0: the connection closes without a reply
};

// A family of dynamics. What it answers depends on its seed and on `time` alone, not on who asked before.
class HostWorld {
 public:
  virtual ~HostWorld() = default;
  // `time` is of the hosts' own world and must not go back between calls.
  virtual Conditions at(config::TimePoint time) = 0;
};

}  // namespace routing
