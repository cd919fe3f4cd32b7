// What routing expects of one request at one endpoint, and what was measured there lately. Values.
#pragma once

#include <limits>

namespace routing {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// Times in seconds, money in dollars, rates in tokens per second, shares 0..1.
struct Prediction {
  double expected_output = 0;  // tokens
  double first_delta = 0;      // until a delta of any kind: the host's own clock
  double wait = 0;             // of that, until the host begins with it, where it runs only so many at once
  double at_once = unknown;    // how many requests it runs at once, most likely; infinity: all
  double smooth = 1;           // how sure it is that it is all
  double first_delta_log_sd = 0;  // of ln(first_delta) of one request, its own noise included
  double ttft = 0;                // until the first visible token, thinking included; median of the posterior
  double ttft_log_sd = 0;         // of ln(ttft) of one request, its own noise included
  double ttft_level_sd = 0;       // of the estimate alone: how little is known of the host
  double throughput = 0;
  double throughput_log_sd = 0;
  double throughput_level_sd = 0;
  double generation = 0;  // from the first visible token to the last
  double price = 0;       // of this request
  double failure = 0;     // probability
  double failing = 1.5;   // seconds until an attempt that fails has failed
  double cache_hit = 0;   // share of the prompt expected from the host's cache
  double in_flight = 0;
  double headroom = unknown;  // share of the rate limit left
  double quality = unknown;   // share of its answers that pass what this request's will be checked on
  bool is_demoted = false;    // that has become worse
};

struct Percentiles {
  double p50 = unknown, p75 = unknown, p90 = unknown, p95 = unknown, p99 = unknown;
};

// Windows for people and policies: 5 minutes for times, 30 for uptime. NaN: no evidence.
struct Measured {
  Percentiles ttft;         // seconds
  Percentiles throughput;   // tokens per second; p90 is what 90 % of replies reach or exceed
  Percentiles gap;          // seconds between two deltas
  Percentiles total;        // seconds, end to end
  double uptime = unknown;  // share, 30 minutes
  double samples = 0;       // replies in the 5 minutes
  // For people alone; neither decisions nor records have them.
  double uptime_five_minutes = unknown, uptime_day = unknown;
};

}  // namespace routing
