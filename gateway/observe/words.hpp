// The words by which the log, the metrics and the pages name what happened. Stable: scripts and dashboards
// read them.
#pragma once

#include <string_view>

#include "gateway/observe/record.hpp"

namespace gateway {

inline constexpr std::size_t failure_kinds = static_cast<std::size_t>(routing::FailureKind::too_long) + 1;

std::string_view word(Ending ending);
std::string_view word(routing::FailureKind kind);
std::string_view word(routing::Reason reason);
std::string_view word(routing::Removal removal);

}  // namespace gateway
