// What a market knows as bytes, to be kept in a file of the state directory. Pure.
//   mark, version, words of a state, digest of the body; body: wall time, the memory
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "routing/market/market_memory.hpp"

namespace gateway {

using WallTime = std::chrono::system_clock::time_point;

std::string bytes_of(const routing::MarketMemory& memory, WallTime taken);

struct KeptMemory {
  routing::MarketMemory memory;
  WallTime taken{};
};
// Why it cannot be used, for people: "is not a market that isocost kept".
struct Unusable {
  std::string why;
};
std::variant<KeptMemory, Unusable> kept_memory(std::string_view bytes);

}  // namespace gateway
