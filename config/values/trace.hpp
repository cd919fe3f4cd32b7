// What was asked and when: the traffic that a simulation replays. Plain data, immutable once made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/values/units.hpp"

namespace config {

struct TraceRequest {
  Duration at{};  // since the trace's beginning
  Tokens prompt{};
  Tokens output{};  // of the answer, at a host of usual verbosity
  std::optional<Tokens> max_output{};
  // The conversation it belongs to, whose prompts each begin with the one before; 0: none.
  std::uint64_t session = 0;
};

struct Trace {
  std::string title;                   // for people
  WallTime start{};                    // what the clocks showed at its beginning
  std::vector<TraceRequest> requests;  // in order of time
};

// The same requests, closer together or farther apart, so that on average `per_second` of them come.
Trace at_rate(Trace trace, double per_second);

}  // namespace config
