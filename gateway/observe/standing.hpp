// Whether an endpoint is being used just now, in words for people: the only place of the read-only pages that
// looks into the breaker and the cool-down of a snapshot. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "routing/market/snapshot.hpp"

namespace gateway {

enum class Standing {
  serving,    // takes part
  cooling,    // the host asked to wait
  open,       // its breaker is open
  trial,      // after that: let through a little, to see, and then more and more
  not_ready,  // an engine of one's own that says so
  drained,    // an operator took it out of service
};

struct Stand {
  Standing standing = Standing::serving;
  std::optional<config::TimePoint> until{};  // of cooling and open
};

Stand stand_of(const routing::EndpointState& state, config::TimePoint now);
std::string_view to_text(Standing standing);

}  // namespace gateway
