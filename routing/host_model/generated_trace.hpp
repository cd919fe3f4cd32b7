// Traffic made up from a few numbers. Pure; the same settings and seed give the same trace.
// Lengths of prompts and answers are log-normal around what was published of Azure's LLM services: chat
// 1,020 and 129 tokens in the median, code 1,500 and 13 (Patel et al. 2024, "Splitwise", figure 3). Answers
// of models that think are a plausible choice.
#pragma once

#include <cstdint>

#include "config/values/trace.hpp"

namespace routing {

enum class Arrivals {
  poisson,
  diurnal,       // a day's wave within the trace
  bursts,        // quiet, and now and then a multiple for a while
  conversations  // several turns each, every prompt beginning with all that was said before
};
enum class TrafficKind { chat, code, long_context, thinking };

struct TrafficSettings {
  Arrivals arrivals = Arrivals::poisson;
  double per_second = 1;  // on average
  std::size_t requests = 20'000;
  TrafficKind lengths = TrafficKind::chat;
  double swing = 0.75;       // of a diurnal wave: from a quarter of the rate to one and three quarters
  double burst_height = 5;   // times the rate
  double burst_length = 30;  // seconds
  double burst_share = 0.1;  // of the time
};

// Medians in tokens, and standard deviations of the logarithms.
struct UsualLengths {
  double prompt = 0, prompt_log_sd = 0, output = 0, output_log_sd = 0;
};
UsualLengths usual_lengths(TrafficKind kind);

config::Trace generated_trace(const TrafficSettings& settings, std::uint64_t seed);

}  // namespace routing
