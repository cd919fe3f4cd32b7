// What is decided about one request at one host before it begins: its answer's length and its luck.
#pragma once

#include <cstdint>
#include <optional>

#include "config/values/fleet.hpp"
#include "routing/host_model/host_draws.hpp"
#include "routing/host_model/host_request.hpp"

namespace routing {

struct Fate {
  double ttft = 1;             // factor on the host's median
  double speed = 1;            // likewise
  std::int64_t output = 1;     // tokens of the whole answer, at least one
  std::int64_t reasoning = 0;  // of them, at the beginning
  bool cut_short = false;      // the answer is as long as the limits allow, not as it should be
  std::optional<int> error{};  // the status it is refused with
  std::optional<std::int64_t> breaks_after{};  // tokens after which the connection breaks
  std::optional<std::int64_t> stalls_after{};  // tokens after which no more come for a while, or for good
  bool reaches_cache = true;
};

// The tokens an answer may have at this host; 0 or less when the prompt leaves no room.
std::int64_t room_for_output(const config::SimulatedHost& host, const HostRequest& request);

// `lengths` and `fleet_seed` decide how long the answer is, alike for all hosts; `luck` is the host's own.
// There must be room for output.
Fate fate_of(const config::SimulatedHost& host, const config::AnswerLengths& lengths,
             std::uint64_t fleet_seed, const HostDraws& luck, const HostRequest& request);

// `elapsed` since the fleet's start. A prompt as the variant counts it that answers then.
config::Tokens counted_prompt(const config::SimulatedHost& host, config::Tokens prompt,
                              config::Seconds elapsed);

// Whether the answer breaks what was asked for, if anything was.
bool lapses(const config::SimulatedHost& host, const HostDraws& luck, std::uint64_t key,
            config::Seconds elapsed);

}  // namespace routing
