// Who comes before whom whatever it costs: the model's place among the fallbacks, what the request prefers,
// and what the policy prefers, as one number. Pure.
#pragma once

#include "routing/policy/overlay.hpp"

namespace routing {

// 0 comes first. `place`: 0 of the model that was asked for, 1.. of those to fall back to. The view is
// complete.
int tier_of(const Policy& policy, const View& view, int place);

}  // namespace routing
