// Inference engines of one's own: how they are watched, and what an hour of one costs. Values.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "config/values/units.hpp"

namespace config {

enum class EngineKind { vllm, sglang, llamacpp, ollama, tgi };

// Looked at again and again while the gateway runs.
struct EngineSettings {
  EngineKind kind = EngineKind::vllm;
  std::chrono::milliseconds interval{1'000};
  std::chrono::milliseconds timeout{1'000};  // of each look
  std::string health;                        // a path, or `none`; empty: where engines of its kind have it
  std::string load;                          // the same

  // "/health"; empty: not asked.
  std::string health_path() const;
  std::string load_path() const;

  friend bool operator==(const EngineSettings&, const EngineSettings&) = default;
};

// Each address of the base URL's name is a host of its own, whichever there are just now.
struct DiscoverySettings {
  std::chrono::milliseconds interval{5'000};

  friend bool operator==(const DiscoverySettings&, const DiscoverySettings&) = default;
};

// An engine that costs the same whether it works or not.
struct MachineSettings {
  Money hour;         // what an hour of it costs
  double input = 0;   // tokens of prompts per second, where it does nothing else
  double output = 0;  // tokens of answers per second, of all that it runs at once, where it does nothing else
  double utilization = 1;  // the share of the time that it has work, 0..1

  // A token costs the time that it takes. What the cache has takes none.
  PricePerMillionTokens input_price() const;
  PricePerMillionTokens output_price() const;
};

}  // namespace config
