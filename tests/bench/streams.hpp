// What a proxy adds to streamed answers: to the time of the first event and to the way of each one. The mock
// host writes into every event when it sent it; both processes read the same clock.
#pragma once

#include <span>

#include "bench/target.hpp"

namespace bench {

struct StreamLoad {
  int concurrent = 100;
  double seconds = 10;  // of each turn of each target
  int rounds = 3;
};

// The first target is the one that the others are compared with. Prints. Returns 1 when more than one stream
// in a thousand failed or lost an event, or when one stood still for ten times its pace and none of the first
// target's did.
int measure_streams(std::span<const Target> targets, const Ask& ask, const StreamLoad& load);

}  // namespace bench
