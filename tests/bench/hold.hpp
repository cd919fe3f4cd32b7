// What a proxy holds for streams that are open for long: thousands of them, an event now and then, twice.
// A leak shows as a second wave above the first, not as memory kept after the first.
#pragma once

#include <sys/types.h>

#include "bench/target.hpp"

namespace bench {

struct HoldLoad {
  int streams = 9'000;
  int seconds = 15;       // of holding them, once all are open
  int open_rate = 1'500;  // new streams a second
  int waves = 2;
  double limit_kib = 25;  // of user memory for each stream
};

// `pid` is the proxy's. Prints. Returns 1 when a stream failed or missed events, or one costs more than the
// limit.
int measure_hold(const Target& target, const Ask& ask, const HoldLoad& load, pid_t pid);

}  // namespace bench
