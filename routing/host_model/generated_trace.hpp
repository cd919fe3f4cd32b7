// Traffic made up from a few numbers. Pure; the same settings and seed give the same trace.
// Lengths of prompts and answers are log-normal around what was published of Azure's LLM services: chat
// 1,020 and 129 tokens in the median, code 1,500 and 13 (Patel et al. 2024, "Splitwise", figure 3).
#pragma once

#include <cstdint>

#include "config/values/trace.hpp"

namespace routing {

enum class Arrivals {
  poisson,
  diurnal,       // a day's wave within the trace: from a quarter of the rate to one and three quarters
  bursts,        // quiet, and now and then five times as much for half a minute
  conversations  // several turns each, every prompt beginning with all that was said before
};
enum class TrafficKind { chat, code, long_context };

struct TrafficSettings {
  Arrivals arrivals = Arrivals::poisson;
  double per_second = 1;  // on average
  std::size_t requests = 20'000;
  TrafficKind lengths = TrafficKind::chat;
};

config::Trace generated_trace(const TrafficSettings& settings, std::uint64_t seed);

}  // namespace routing
