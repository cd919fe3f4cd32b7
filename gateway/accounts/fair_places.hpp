// How many places of a limit of requests at the same time a gateway may have while several want more than
// there are: none keeps them only because it had them first, and its own line never ends. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "config/values/units.hpp"

namespace gateway {

// One of the gateways that want some, as the server knows it.
struct Sharer {
  std::int64_t demand = 0;  // places that it would have now, those that it has among them
  std::int64_t held = 0;
  config::Duration since{};  // that it began to wait, was given one, or gave one back, whatever came last
};

inline constexpr std::int64_t no_bound = std::numeric_limits<std::int64_t>::max();

// Of the one at `me`; all have the same order for everybody. `room`: places that these have among them.
// no_bound: nobody waits for it.
std::int64_t fair_places(std::span<const Sharer> all, std::size_t me, std::int64_t room);

}  // namespace gateway
