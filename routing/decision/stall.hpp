// How long a stream may show no progress before it is taken for dead. Pure; the other timer, for any byte at
// all, is ProviderLimits::liveness_timeout.
//   visible text: max(5 s, 8 · p99 of the gaps between two deltas), thinking and tool arguments: 180 s
// One timer alone kills healthy reasoning or lets streams hang that send only comments.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include "config/values/units.hpp"
#include "routing/terms/prediction.hpp"

namespace routing {

enum class StreamPart { thinking, tool_arguments, visible_text };

// `measured`: of the endpoint; without evidence its gaps count as short ones.
inline config::Duration stall_patience(StreamPart part, const Measured& measured) {
  if (part != StreamPart::visible_text) return std::chrono::seconds(180);
  const double gap = std::isnan(measured.gap.p99) ? 0 : measured.gap.p99;
  return std::chrono::duration_cast<config::Duration>(config::Seconds{std::clamp(8 * gap, 5.0, 180.0)});
}

}  // namespace routing
