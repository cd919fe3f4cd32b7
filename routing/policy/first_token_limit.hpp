// What a policy requires of the 90th percentile of first tokens, for those who watch whether it is kept.
// Pure.
#pragma once

#include <optional>

#include "routing/policy/policy.hpp"

namespace routing {

// Seconds; the strictest where there are several. Nothing where no rule of `require` is a limit to it alone.
std::optional<double> first_token_limit(const Policy& policy);

}  // namespace routing
