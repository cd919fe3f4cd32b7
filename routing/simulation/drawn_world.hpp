// Worlds that nobody tuned anything for: hosts, traffic and troubles drawn from wide priors, another world
// for every number. A world's kind fixes what it is known for; all else is drawn, by the same priors in all
// kinds:
//   hosts 3..20; alike, similar or unlike (standard deviation of ln(price), ln(TTFT), ln(speed) 0.05, 0.3,
//   0.8) requests at once 4..64, queue a tenth to ten times as long, refused with 429 or 503 prices 0.05..3 $
//   per million tokens of input, 2 to 6 times as much of output; a cache at three of five first token 0.1..3
//   s, and 2 to 30 % of it more per thousand tokens; 10..150 tokens/s 5 to 60 % of the capacity asked for;
//   chat, code or long prompts; Poisson arrivals drift up to 0.6, busy hours (two of five), outages (a
//   quarter), rate limits (one of seven), errors up to 3 %
// A trace spans ten minutes at least, so that hosts have time to change. Priors are choices; where figures of
// real hosts are known, generated_fleet.hpp names them, and they lie within. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/values/fleet.hpp"
#include "routing/host_model/generated_trace.hpp"
#include "routing/simulation/simulated_market.hpp"

namespace routing {

enum class WorldKind {
  market,         // nothing in particular
  few_slots,      // own GPUs: 2..8 hosts, 1..6 requests at once, long queues, 50 to 95 % of the capacity
  many_hosts,     // 20..60
  full,           // 80 to 120 % of the capacity of 2..10 hosts, 2..16 requests at once, short queues
  flapping,       // up to half of the hosts go down for seconds every few of them, the best ones first
  clouds,         // hosts of one cloud go down together
  quiet,          // 0.02..0.3 requests per second, up to 60 hosts
  bursts,         // two to ten times the rate for 3 to 120 s
  day,            // a wave that leaves nearly nothing of the rate and doubles it
  conversations,  // prompts that begin with all that was said before, and caches
  thinking,       // long answers, most of them thought
  prices,         // change within the trace
  documents,      // 16,000 tokens in the median
  code,           // long prompts, short answers
};
inline constexpr std::size_t world_kinds = static_cast<std::size_t>(WorldKind::code) + 1;
std::string_view to_text(WorldKind kind);

struct DrawnWorld {
  WorldKind kind{};
  config::Fleet fleet;
  TrafficSettings traffic;
  WorldFamily family = WorldFamily::drifting;
};
// The kinds take turns.
DrawnWorld drawn_world(std::uint64_t number, std::size_t requests);

}  // namespace routing
