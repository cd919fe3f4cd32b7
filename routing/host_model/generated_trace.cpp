#include "routing/host_model/generated_trace.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "routing/host_model/host_draws.hpp"

namespace routing {
namespace {

enum TraceDraw : std::uint64_t { gap, prompt, output, burst, turns, pause };

}  // namespace

UsualLengths usual_lengths(TrafficKind kind) {
  switch (kind) {
    case TrafficKind::chat:
      return {1020, 1.0, 129, 1.0};
    case TrafficKind::code:
      return {1500, 0.9, 13, 1.1};
    case TrafficKind::long_context:
      return {16'000, 0.8, 250, 0.9};
    case TrafficKind::thinking:
      return {800, 1.0, 1500, 0.8};
  }
  return {};
}

namespace {

config::Tokens tokens(double median, double log_sd, const HostDraws& draws, std::uint64_t key,
                      TraceDraw what) {
  const double most = what == prompt ? 60'000 : std::max(4'000.0, 8 * median);
  return {static_cast<std::int64_t>(
      std::clamp(std::round(median * draws.lognormal(log_sd, key, what)), 1.0, most))};
}

// How much faster than on average requests come at this moment.
double pace_at(const TrafficSettings& settings, double seconds, double length, const HostDraws& draws) {
  if (settings.arrivals == Arrivals::diurnal)
    return 1 + settings.swing * std::sin(2 * std::numbers::pi * (seconds / length - 0.25));
  if (settings.arrivals != Arrivals::bursts) return 1;
  const double share = settings.burst_share, height = settings.burst_height;
  const auto window = static_cast<std::uint64_t>(seconds / settings.burst_length);
  return draws.happens(share, window, burst) ? height : (1 - share * height) / (1 - share);
}

std::chrono::nanoseconds after_start(double seconds) {
  return std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
}

void add_single(config::Trace& trace, const TrafficSettings& settings, const HostDraws& draws) {
  const UsualLengths sizes = usual_lengths(settings.lengths);
  const double length = static_cast<double>(settings.requests) / settings.per_second;
  double now = 0;
  for (std::uint64_t i = 0; i < settings.requests; ++i) {
    const double rate = settings.per_second * pace_at(settings, now, length, draws);
    now += draws.exponential(i, gap) / rate;
    trace.requests.push_back({.at = after_start(now),
                              .prompt = tokens(sizes.prompt, sizes.prompt_log_sd, draws, i, prompt),
                              .output = tokens(sizes.output, sizes.output_log_sd, draws, i, output)});
  }
}

// Conversations begin like a Poisson process; who has read an answer asks again.
void add_conversations(config::Trace& trace, const TrafficSettings& settings, const HostDraws& draws) {
  constexpr double mean_turns = 6;
  constexpr double reading = 30;  // seconds, mean
  const UsualLengths sizes = usual_lengths(settings.lengths);
  double begin = 0;
  for (std::uint64_t session = 1; trace.requests.size() < settings.requests; ++session) {
    begin += draws.exponential(session, gap) * mean_turns / settings.per_second;
    const auto count = 1 + static_cast<int>(draws.exponential(session, turns) * (mean_turns - 1));
    double now = begin;
    std::int64_t said = 0;
    for (int turn = 0; turn < count; ++turn) {
      const std::uint64_t key = mixed(session, static_cast<std::uint64_t>(turn));
      const double fresh = turn == 0 ? sizes.prompt : sizes.prompt / 5;
      const config::Tokens answer = tokens(sizes.output, sizes.output_log_sd, draws, key, output);
      said += tokens(fresh, sizes.prompt_log_sd, draws, key, prompt).count;
      trace.requests.push_back(
          {.at = after_start(now), .prompt = {said}, .output = answer, .max_output = {}, .session = session});
      said += answer.count;
      now += static_cast<double>(answer.count) / 40 + reading * draws.exponential(key, pause);
    }
  }
  std::ranges::stable_sort(trace.requests, {}, &config::TraceRequest::at);
}

}  // namespace

config::Trace generated_trace(const TrafficSettings& settings, std::uint64_t seed) {
  config::Trace trace;
  // A Tuesday at nine.
  trace.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 6} + std::chrono::hours{9};
  const HostDraws draws(mixed(seed));
  if (settings.arrivals == Arrivals::conversations) {
    add_conversations(trace, settings, draws);
  } else {
    add_single(trace, settings, draws);
  }
  return trace;
}

}  // namespace routing
