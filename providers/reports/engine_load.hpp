// What inference engines say of their load, out of the page where they say it. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "config/values/engine.hpp"

namespace providers {

// Absent: it does not say.
struct EngineLoad {
  std::optional<double> running{};    // requests
  std::optional<double> waiting{};    // those behind them
  std::optional<double> slots{};      // how many it runs at once, where that is fixed
  std::optional<double> cache_use{};  // share, 0..1
};

// `page`: metrics in Prometheus' text format, or llama.cpp's list of slots. What is no such page says
// nothing.
EngineLoad engine_load(config::EngineKind kind, std::string_view page);

}  // namespace providers
