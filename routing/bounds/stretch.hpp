// Some seconds of one host's time while a bound is sought (bound.hpp): the mood it is in, and what its time
// is priced at. A value.
#pragma once

#include <limits>

namespace routing {

// Of times and costs: what never happens.
inline constexpr double endless = std::numeric_limits<double>::infinity();

struct Stretch {
  double begin = 0, length = 0;  // seconds; the last one has no end
  // Factors, at the best moment in it, and in it or a later one.
  double ttft = endless, speed = 0;
  double ttft_later = 0, speed_later = 0;
  // Dollars for each second of either, and the least in it or a later one.
  double prefill_price = 0, work_price = 0;
  double least_prefill_price = 0, least_work_price = 0;
  double prefill = 0, work = 0;  // seconds asked for in this round
};

}  // namespace routing
