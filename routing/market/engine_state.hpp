// What an inference engine of one's own says of itself, beside what its answers show. Values.
#pragma once

#include <optional>

#include "routing/terms/prediction.hpp"

namespace routing {

// One look at it. Absent: it does not say.
struct EngineReport {
  bool is_ready = true;
  std::optional<double> running{};    // requests
  std::optional<double> waiting{};    // those behind them
  std::optional<double> slots{};      // how many it runs at once, where that is fixed
  std::optional<double> cache_use{};  // share of its memory for prompts under way, 0..1
};

// As decisions see it: nothing is known of what is no engine, or was not looked at yet.
struct EngineState {
  bool is_ready = true;
  double others = 0;  // requests there, running or waiting, that are not this gateway's for this endpoint
  // For people alone.
  double running = unknown;
  double waiting = unknown;
  double cache_use = unknown;
};

}  // namespace routing
